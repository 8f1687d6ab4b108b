{#-
    What a risk looks at are all facts of a patient: so it carries the labels of all those
    kinds that the readmission model reads, whether or not they moved this one risk.
-#}
with

facts as (

    select
        patient_key,
        sensitivity
    from {{ ref('fct_encounters') }}
    union all
    select
        patient_key,
        sensitivity
    from {{ ref('fct_conditions') }}
    union all
    select
        patient_key,
        sensitivity
    from {{ ref('fct_lab_results') }}
    union all
    select
        patient_key,
        sensitivity
    from {{ ref('fct_medication_history') }}
    union all
    select
        patient_key,
        sensitivity
    from {{ ref('fct_dispenses') }}

)

select
    patient_key,
    bit_or(sensitivity) as sensitivity
from facts
where sensitivity <> 0
group by patient_key
