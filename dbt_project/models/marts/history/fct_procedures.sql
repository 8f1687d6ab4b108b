with

unlabelled as (

    select * from {{ ref('stg_procedures') }}
    {{ only_touched_patients() }}

),

procedures as (

    {{ labelled(
        'unlabelled', 'procedures', 'procedure_key',
        codes=[('procedure_code', 'code_system'), ('reason_code', none)],
        names=[('procedure_code', 'procedure_name'), ('reason_code', 'reason_name')]
    ) }}

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

    -- labels
    sensitivity,

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
