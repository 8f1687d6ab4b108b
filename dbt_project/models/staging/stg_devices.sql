with

current_versions as (

    {{ current_versions('devices') }}

),

typed as (

    select
        -- keys
        {{ fact_key() }} as device_key,
        patient_key,
        {{ fact_key('encounter_id') }} as encounter_key,

        -- codes and text
        {{ clean_text('device_code') }} as device_code,
        {{ clean_text('code_system') }} as code_system,
        {{ clean_text('device_name') }} as device_name,
        {{ clean_text('body_site_name') }} as body_site_name,
        lower({{ clean_text('status_code') }}) as status_code,

        -- times
        started_at,
        ended_at,

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
