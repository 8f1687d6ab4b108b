with

current_versions as (

    {{ current_versions('practitioners', has_patient=false) }}

),

typed as (

    select
        -- keys
        {{ fact_key() }} as practitioner_key,
        {{ fact_key('organization_id') }} as organization_key,

        -- codes and text
        {{ clean_text('practitioner_name') }} as practitioner_name,
        {{ clean_text('sex_code') }} as sex_code,
        {{ clean_text('specialty_name') }} as specialty_name,
        {{ clean_text('role_name') }} as role_name,

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
