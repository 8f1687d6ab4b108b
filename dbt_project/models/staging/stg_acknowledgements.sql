with

current_versions as (

    {{ current_versions('acknowledgements') }}

),

typed as (

    select
        -- keys
        {{ fact_key() }} as acknowledgement_key,
        patient_key,
        {{ clean_text('lab_result_key') }} as lab_result_key,
        {{ clean_text('reading_hash') }} as reading_hash,
        {{ clean_text('user_id') }} as user_id,

        -- codes and text
        {{ clean_text('person_name') }} as person_name,
        {{ clean_text('role_code') }} as role_code,
        {{ clean_text('comment_text') }} as comment_text,

        -- times
        acknowledged_at,

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
