{#- Labels that people gave to single facts, as long as they hold. -#}
with

fact_label as (

    select * from {{ source('access', 'fact_label') }}

),

sensitivity_label as (

    select * from {{ source('access', 'sensitivity_label') }}

)

select
    fact_label.patient_key,
    fact_label.kind_code,
    fact_label.fact_key,
    bit_or(sensitivity_label.label_bit) as sensitivity
from fact_label
inner join sensitivity_label
    on fact_label.label_code = sensitivity_label.label_code
where fact_label.lifted_at is null
group by fact_label.patient_key, fact_label.kind_code, fact_label.fact_key
