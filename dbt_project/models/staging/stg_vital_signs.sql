with

current_versions as (

    {{ current_versions('vital_signs') }}

),

typed as (

    select
        -- keys
        {{ fact_key() }} as vital_sign_key,
        patient_key,
        {{ fact_key('encounter_id') }} as encounter_key,

        -- codes and text
        {{ clean_text('observation_code') }} as observation_code,
        {{ clean_text('code_system') }} as code_system,
        {{ clean_text('observation_name') }} as observation_name,
        {{ clean_text('value_text') }} as value_text,
        {{ clean_text('unit') }} as unit,
        {{ clean_text('position_name') }} as position_name,

        -- numbers
        sequence_number,

        -- times
        measured_at,

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
