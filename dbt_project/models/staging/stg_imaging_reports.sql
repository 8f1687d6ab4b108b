with

current_versions as (

    {{ current_versions('imaging_reports') }}

),

typed as (

    select
        -- keys
        {{ fact_key() }} as imaging_report_key,
        patient_key,
        {{ fact_key('encounter_id') }} as encounter_key,
        {{ fact_key('study_id') }} as study_key,
        {{ fact_key('order_id') }} as lab_order_key,
        {{ fact_key('practitioner_id') }} as practitioner_key,

        -- codes and text
        {{ clean_text('modality_code') }} as modality_code,
        {{ clean_text('procedure_name') }} as procedure_name,
        {{ clean_text('body_site_name') }} as body_site_name,
        lower({{ clean_text('status_code') }}) as status_code,
        {{ clean_text('author_name') }} as author_name,

        -- times
        reported_at,

        -- provenance
        source_system,
        record_id,
        version_at,
        known_from,
        delivery_id,
        file_id,
        line_number

    from current_versions

)

select * from typed
