with

unlabelled as (

    select * from {{ ref('stg_imaging_reports') }}
    {{ only_touched_patients() }}

),

imaging_reports as (

    {{ labelled('unlabelled', 'imaging_reports', 'imaging_report_key') }}

)

select
    -- keys
    imaging_report_key,
    patient_key,
    encounter_key,
    study_key,
    lab_order_key,
    practitioner_key,

    -- codes
    modality_code,
    status_code,

    -- names
    procedure_name,
    body_site_name,
    author_name,

    -- flags
    case
        when status_code in ('final', 'corrected') then true
        when status_code in ('preliminary', 'cancelled') then false
    end as is_final,
    status_code = 'corrected' as is_corrected,
    status_code = 'cancelled' as is_cancelled,

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
