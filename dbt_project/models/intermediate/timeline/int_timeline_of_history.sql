{#- What was refuted or entered in error did not happen, so it is no event. -#}
with

conditions as (

    select * from {{ ref('fct_conditions') }}

),

allergies as (

    select * from {{ ref('fct_allergies') }}

),

immunizations as (

    select * from {{ ref('fct_immunizations') }}

),

procedures as (

    select * from {{ ref('fct_procedures') }}

)

select
    patient_key,
    'condition' as event_type_code,
    condition_key as reference_key,
    encounter_key,
    coalesce(condition_name, condition_code) as title,
    category_code as detail,
    started_at as event_at,
    sensitivity,
    source_system,
    known_from
from conditions
where not is_refuted

union all

select
    patient_key,
    'allergy' as event_type_code,
    allergy_key as reference_key,
    encounter_key,
    coalesce(substance_name, substance_code) as title,
    reaction_1_name as detail,
    started_at as event_at,
    sensitivity,
    source_system,
    known_from
from allergies
where not is_refuted

union all

select
    patient_key,
    'immunization' as event_type_code,
    immunization_key as reference_key,
    encounter_key,
    coalesce(vaccine_name, vaccine_code) as title,
    status_code as detail,
    administered_at as event_at,
    sensitivity,
    source_system,
    known_from
from immunizations
where is_given

union all

select
    patient_key,
    'procedure' as event_type_code,
    procedure_key as reference_key,
    encounter_key,
    coalesce(procedure_name, procedure_code) as title,
    reason_name as detail,
    started_at as event_at,
    sensitivity,
    source_system,
    known_from
from procedures
