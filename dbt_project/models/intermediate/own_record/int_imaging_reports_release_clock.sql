{#- Since when the hours count after which a patient reads a report of imaging. -#}
with

versions as (

    select
        patient_key,
        source_system,
        record_id,
        is_closed,
        version_at,
        adapter_revision,
        content_hash,
        known_from,
        reported_at as said_at,
        lower({{ clean_text('status_code') }}) in ('final', 'corrected') as is_final,
        true as has_content
    from {{ source('persons', 'imaging_reports') }}

),

clock as (

    {{ release_clock() }}

)

select
    patient_key,
    {{ fact_key() }} as imaging_report_key,
    released_counted_from,
    released_known_from
from clock
