with

imaging_reports as (

    select * from {{ ref('fct_imaging_reports') }}
    where is_final {{ only_touched_patients('and') }}

),

release_clock as (

    select * from {{ ref('int_imaging_reports_release_clock') }}
    {{ only_touched_patients() }}

),

with_clock as (

    select
        imaging_reports.*,
        release_clock.released_counted_from,
        release_clock.released_known_from
    from imaging_reports
    left join release_clock
        on
            imaging_reports.patient_key = release_clock.patient_key
            and imaging_reports.imaging_report_key = release_clock.imaging_report_key

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
    released_counted_from,
    released_known_from,

    -- provenance
    source_system,
    known_from,
    delivery_id,
    file_id,
    line_number

from with_clock
