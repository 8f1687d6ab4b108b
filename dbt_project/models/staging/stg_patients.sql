with

current_versions as (

    {{ current_versions('patients') }}

),

typed as (

    select
        -- keys
        patient_key,

        -- codes and text
        {{ clean_text('sex_code') }} as sex_code,
        {{ clean_text('marital_status_code') }} as marital_status_code,
        {{ clean_text('race_code') }} as race_code,
        {{ clean_text('ethnicity_code') }} as ethnicity_code,
        {{ clean_text('language_code') }} as language_code,
        {{ clean_text('state') }} as state,
        {{ clean_text('zip3') }} as zip3,

        -- numbers
        birth_year,

        -- times
        birth_date,
        deceased_at,

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
