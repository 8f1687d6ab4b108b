{#-
    When an order was replaced by another, as after a dose change. The earliest
    replacement that was really ordered counts.
-#}
with

prescriptions as (

    select * from {{ ref('int_prescriptions_with_status') }}

),

with_place as (

    select
        patient_key,
        replaces_prescription_key as prescription_key,
        prescription_key as replaced_by_prescription_key,
        started_at as replaced_at,
        row_number() over (
            partition by patient_key, replaces_prescription_key
            order by started_at, prescription_key
        ) as place
    from prescriptions
    where
        replaces_prescription_key is not null
        and not is_never_given

)

select
    patient_key,
    prescription_key,
    replaced_by_prescription_key,
    replaced_at
from with_place
where place = 1
