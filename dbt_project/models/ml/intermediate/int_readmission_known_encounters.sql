{#- Encounters of the patient up to each discharge, as their source knew them then. -#}
with

stays as (

    select
        stay_key,
        patient_key,
        admitted_at as cohort_admitted_at,
        predicted_at
    from {{ ref('readmission_cohort') }}
    where is_predicted

),

versions as (

    {{ versions_with_source_knowledge(
        'encounters', 'greatest(versions.started_at, versions.ended_at)'
    ) }}

),

known as (

    {{ known_at_discharge('encounters', 'versions.started_at < stays.predicted_at') }}

),

encounter_classes as (

    select * from {{ ref('encounter_classes') }}

),

encounter_type_classes as (

    select * from {{ ref('encounter_type_classes') }}

)

select
    known.stay_key,
    known.patient_key,
    {{ fact_key('known.record_id', 'known.source_system') }} as encounter_key,
    coalesce(
        encounter_classes.is_inpatient, encounter_type_classes.is_inpatient, false
    ) as is_inpatient,
    coalesce(
        encounter_classes.encounter_class_code,
        encounter_type_classes.encounter_class_code
    ) = 'emergency' as is_emergency_visit,
    known.cohort_admitted_at as admitted_at,
    known.started_at,
    known.ended_at,
    known.source_knew_at
from known
left join encounter_classes
    on
        lower({{ clean_text('known.encounter_class_code') }})
        = encounter_classes.delivered_code
left join encounter_type_classes
    on
        {{ clean_text('known.encounter_type_code') }}
        = encounter_type_classes.encounter_type_code
where {{ clean_text('known.part_of_encounter_id') }} is null
