with

current_versions as (

    {{ current_versions('procedures') }}

),

typed as (

    select
        -- keys
        {{ fact_key() }} as procedure_key,
        patient_key,
        {{ fact_key('encounter_id') }} as encounter_key,

        -- codes and text
        {{ clean_text('procedure_code') }} as procedure_code,
        {{ clean_text('code_system') }} as code_system,
        {{ clean_text('procedure_name') }} as procedure_name,
        {{ clean_text('reason_code') }} as reason_code,
        {{ clean_text('reason_name') }} as reason_name,

        -- numbers
        sequence_number,

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
