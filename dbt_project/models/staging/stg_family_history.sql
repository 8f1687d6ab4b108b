with

current_versions as (

    {{ current_versions('family_history') }}

),

typed as (

    select
        -- keys
        {{ fact_key() }} as family_history_key,
        patient_key,
        {{ fact_key('encounter_id') }} as encounter_key,

        -- codes and text
        lower({{ clean_text('relationship_code') }}) as relationship_code,
        {{ clean_text('condition_code') }} as condition_code,
        {{ clean_text('code_system') }} as code_system,
        {{ clean_text('condition_name') }} as condition_name,
        lower({{ clean_text('status_code') }}) as status_code,

        -- numbers
        onset_age_years,

        -- times
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
