with

procedures as (

    select * from {{ ref('stg_procedures') }}
    {{ only_touched_patients() }}

)

select
    -- keys
    procedure_key,
    patient_key,
    encounter_key,

    -- codes
    procedure_code,
    upper(replace(procedure_code, '.', '')) as normalised_code,
    code_system,
    reason_code,

    -- names
    procedure_name,
    reason_name,

    -- numbers
    sequence_number,

    -- times
    started_at,
    ended_at,

    -- provenance
    source_system,
    known_from,
    delivery_id,
    file_id,
    line_number

from procedures
