with

current_versions as (

    {{ current_versions('correction_requests') }}

),

typed as (

    select
        -- keys
        {{ fact_key() }} as correction_request_key,
        patient_key,
        {{ clean_text('subject_id') }} as subject_key,

        -- codes and text
        {{ clean_text('subject_code') }} as subject_code,
        lower({{ clean_text('status_code') }}) as status_code,
        {{ clean_text('answered_by_name') }} as answered_by_name,

        -- times
        requested_at,
        answered_at,

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
