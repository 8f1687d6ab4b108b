with

imaging_studies as (

    select * from {{ ref('fct_imaging_studies') }}

),

care_plans as (

    select * from {{ ref('fct_care_plans') }}

)

select
    patient_key,
    'imaging' as event_type_code,
    study_key as reference_key,
    encounter_key,
    coalesce(procedure_name, modality_name, modality_code) as title,
    body_site_name as detail,
    started_at as event_at,
    sensitivity,
    source_system,
    known_from
from imaging_studies

union all

select
    patient_key,
    'care_plan' as event_type_code,
    care_plan_key as reference_key,
    encounter_key,
    coalesce(plan_name, plan_code) as title,
    reason_name as detail,
    started_at as event_at,
    sensitivity,
    source_system,
    known_from
from care_plans
