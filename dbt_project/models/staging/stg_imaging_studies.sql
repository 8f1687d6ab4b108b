with

current_versions as (

    {{ current_versions('imaging_studies') }}

),

typed as (

    select
        -- keys
        {{ fact_key() }} as imaging_study_key,
        patient_key,
        {{ fact_key('encounter_id') }} as encounter_key,

        -- codes and text
        {{ clean_text('study_id') }} as study_id,
        {{ clean_text('series_uid') }} as series_uid,
        {{ clean_text('instance_uid') }} as instance_uid,
        {{ clean_text('modality_code') }} as modality_code,
        {{ clean_text('modality_name') }} as modality_name,
        {{ clean_text('body_site_code') }} as body_site_code,
        {{ clean_text('body_site_name') }} as body_site_name,
        {{ clean_text('sop_code') }} as sop_code,
        {{ clean_text('sop_name') }} as sop_name,
        {{ clean_text('procedure_code') }} as procedure_code,
        {{ clean_text('procedure_name') }} as procedure_name,

        -- times
        started_at,

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
