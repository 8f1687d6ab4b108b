with

current_versions as (

    {{ current_versions('consents') }}

),

typed as (

    select
        -- keys
        {{ fact_key() }} as consent_key,
        patient_key,

        -- codes and text
        lower({{ clean_text('scope_code') }}) as scope_code,
        lower({{ clean_text('decision_code') }}) as decision_code,
        {{ clean_text('recipient_name') }} as recipient_name,
        {{ clean_text('recorded_by_name') }} as recorded_by_name,

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
