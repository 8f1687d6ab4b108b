{{ config(indexes=[{'columns': ['patient_key', 'started_at']}]) }}

with

encounters as (

    select * from {{ ref('fct_encounters') }}
    where not is_part_of_stay {{ only_touched_patients('and') }}

),

plain_phrases as (

    select * from {{ ref('plain_phrases') }}

)

select
    -- keys
    encounters.encounter_key,
    encounters.patient_key,
    encounters.practitioner_key,
    encounters.organization_key,

    -- names
    coalesce(classes.plain_words, 'Visit') as kind_words,
    visit_types.plain_words as type_words,
    coalesce(reasons.plain_words, encounters.reason_name) as reason_name,
    encounters.service_name,
    encounters.location_name,

    -- flags
    encounters.is_open,
    encounters.has_time_conflict,
    encounters.sensitivity,

    -- times
    encounters.started_at,
    encounters.ended_at,

    -- provenance
    encounters.source_system,
    encounters.delivery_id,
    encounters.file_id,
    encounters.line_number,
    encounters.known_from

from encounters
left join plain_phrases as classes
    on
        classes.kind_code = 'visit_class'
        and encounters.encounter_class_code = classes.delivered_text
left join plain_phrases as visit_types
    on
        visit_types.kind_code = 'visit_type'
        and lower(encounters.encounter_type_name) = visit_types.delivered_text
left join plain_phrases as reasons
    on
        reasons.kind_code = 'reason'
        and lower(encounters.reason_name) = reasons.delivered_text
