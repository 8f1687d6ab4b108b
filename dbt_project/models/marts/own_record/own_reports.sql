with

imaging_reports as (

    select * from {{ ref('fct_imaging_reports') }}
    where is_final {{ only_touched_patients('and') }}

)

select
    -- keys
    imaging_report_key,
    patient_key,
    encounter_key,
    practitioner_key,

    -- codes
    modality_code,

    -- names
    procedure_name,
    body_site_name,
    author_name,

    -- flags
    is_corrected,

    -- labels
    sensitivity,

    -- times
    reported_at,

    -- provenance
    source_system,
    known_from,
    delivery_id,
    file_id,
    line_number

from imaging_reports
