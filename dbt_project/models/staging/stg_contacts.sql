with

current_versions as (

    {{ current_versions('contacts') }}

),

typed as (

    select
        -- keys
        {{ fact_key() }} as contact_key,
        patient_key,

        -- codes and text
        lower({{ clean_text('relationship_code') }}) as relationship_code,
        lower({{ clean_text('contact_role_code') }}) as contact_role_code,

        -- numbers
        priority_number,

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
