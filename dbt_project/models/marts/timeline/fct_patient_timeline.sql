with

events as (

    select * from {{ ref('int_timeline_of_visits') }}
    {{ only_touched_patients() }}
    union all
    select * from {{ ref('int_timeline_of_history') }}
    {{ only_touched_patients() }}
    union all
    select * from {{ ref('int_timeline_of_medicines') }}
    {{ only_touched_patients() }}
    union all
    select * from {{ ref('int_timeline_of_studies_and_plans') }}
    {{ only_touched_patients() }}
    union all
    select * from {{ ref('int_timeline_of_findings') }}
    {{ only_touched_patients() }}
    union all
    select * from {{ ref('int_timeline_of_orders_and_notes') }}
    {{ only_touched_patients() }}

)

select
    -- keys
    event_type_code || ':' || reference_key as event_key,
    patient_key,
    reference_key,
    encounter_key,

    -- codes
    event_type_code,

    -- names
    title,
    detail,

    -- labels
    sensitivity,

    -- times
    event_at,

    -- provenance
    source_system,
    known_from

from events
