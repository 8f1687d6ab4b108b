{#- When something is known of a patient for the first time, by the fact's own time. -#}
with

facts as (

    select
        patient_key,
        min(started_at) as first_at
    from {{ ref('fct_encounters') }}
    group by patient_key
    union all
    select
        patient_key,
        min(started_at) as first_at
    from {{ ref('fct_conditions') }}
    group by patient_key
    union all
    select
        patient_key,
        min(collected_at) as first_at
    from {{ ref('fct_lab_results') }}
    group by patient_key
    union all
    select
        patient_key,
        min(started_at) as first_at
    from {{ ref('fct_medication_history') }}
    group by patient_key

)

select
    patient_key,
    min({{ local_date('first_at') }}) as first_fact_date
from facts
group by patient_key
