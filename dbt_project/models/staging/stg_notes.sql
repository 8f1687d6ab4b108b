with

current_versions as (

    {{ current_versions('notes') }}

),

typed as (

    select
        -- keys
        {{ fact_key() }} as note_key,
        patient_key,
        {{ fact_key('encounter_id') }} as encounter_key,
        {{ fact_key('practitioner_id') }} as practitioner_key,

        -- codes and text
        lower({{ clean_text('note_type_code') }}) as note_type_code,
        {{ clean_text('title') }} as title,
        lower({{ clean_text('status_code') }}) as status_code,
        {{ clean_text('author_name') }} as author_name,
        {{ clean_text('author_role_name') }} as author_role_name,

        -- times
        written_at,

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
