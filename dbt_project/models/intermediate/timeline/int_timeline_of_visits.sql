with

encounters as (

    select * from {{ ref('fct_encounters') }}

)

select
    patient_key,
    case when is_part_of_stay then 'ward_stay' else 'encounter' end as event_type_code,
    encounter_key as reference_key,
    encounter_key,
    coalesce(
        encounter_type_name,
        location_name,
        service_name,
        admission_type_name,
        encounter_class_code
    ) as title,
    coalesce(reason_name, encounter_class_code) as detail,
    started_at as event_at,
    sensitivity,
    source_system,
    known_from
from encounters
