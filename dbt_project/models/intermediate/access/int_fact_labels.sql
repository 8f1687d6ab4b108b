{#- Labels that people gave to single facts, as long as they hold. -#}
with

fact_label as (

    select * from {{ source('access', 'fact_label') }}

),

sensitivity_label as (

    select * from {{ source('access', 'sensitivity_label') }}

),

merged_patients as (

    select * from {{ source('raw', 'merged_patients') }}

),

by_person as (

    select
        fact_label.*,
        coalesce(
            merged_patients.surviving_patient_key, fact_label.patient_key
        ) as person_key
    from fact_label
    left join merged_patients
        on fact_label.patient_key = merged_patients.patient_key
    where fact_label.lifted_at is null

)

select
    by_person.person_key as patient_key,
    by_person.kind_code,
    by_person.fact_key,
    bit_or(sensitivity_label.label_bit) as sensitivity
from by_person
inner join sensitivity_label
    on by_person.label_code = sensitivity_label.label_code
group by by_person.person_key, by_person.kind_code, by_person.fact_key
