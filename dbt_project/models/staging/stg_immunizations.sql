with

current_versions as (

    {{ current_versions('immunizations') }}

),

typed as (

    select
        -- keys
        {{ fact_key() }} as immunization_key,
        patient_key,
        {{ fact_key('encounter_id') }} as encounter_key,

        -- codes and text
        {{ clean_text('vaccine_code') }} as vaccine_code,
        {{ clean_text('code_system') }} as code_system,
        {{ clean_text('vaccine_name') }} as vaccine_name,
        {{ clean_text('status_code') }} as status_code,

        -- times
        administered_at,

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
