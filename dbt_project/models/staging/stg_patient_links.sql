with

current_versions as (

    {{ current_versions('patient_links') }}

),

typed as (

    select
        -- keys
        {{ fact_key() }} as patient_link_key,
        patient_key,
        surviving_patient_key,

        -- codes and text
        {{ clean_text('link_type_code') }} as link_type_code,

        -- times
        linked_at,

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
