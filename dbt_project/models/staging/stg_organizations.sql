with

current_versions as (

    {{ current_versions('organizations', has_patient=false) }}

),

typed as (

    select
        -- keys
        {{ fact_key() }} as organization_key,

        -- codes and text
        {{ clean_text('organization_name') }} as organization_name,
        {{ clean_text('organization_type_name') }} as organization_type_name,
        {{ clean_text('address_line') }} as address_line,
        {{ clean_text('city') }} as city,
        {{ clean_text('state') }} as state,
        {{ clean_text('postal_code') }} as postal_code,
        {{ clean_text('phone') }} as phone,

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
