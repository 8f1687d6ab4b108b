with

notes as (

    select * from {{ ref('fct_notes') }}
    where is_for_patient {{ only_touched_patients('and') }}

)

select
    -- keys
    note_key,
    patient_key,
    encounter_key,
    practitioner_key,

    -- codes
    note_type_code,

    -- names
    title,
    author_name,
    author_role_name,

    -- labels
    sensitivity,

    -- times
    written_at,

    -- provenance
    source_system,
    known_from,
    delivery_id,
    file_id,
    line_number

from notes
