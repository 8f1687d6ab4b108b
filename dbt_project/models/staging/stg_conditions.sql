with

current_versions as (

    {{ current_versions('conditions') }}

),

typed as (

    select
        -- keys
        {{ fact_key() }} as condition_key,
        patient_key,
        {{ fact_key('encounter_id') }} as encounter_key,

        -- codes and text
        {{ clean_text('condition_code') }} as condition_code,
        {{ clean_text('code_system') }} as code_system,
        {{ clean_text('condition_name') }} as condition_name,
        {{ clean_text('category_code') }} as category_code,
        {{ clean_text('clinical_status_code') }} as clinical_status_code,
        {{ clean_text('verification_status_code') }} as verification_status_code,

        -- numbers
        sequence_number,

        -- times
        started_at,
        ended_at,
        recorded_at,

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
