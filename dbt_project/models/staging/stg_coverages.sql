with

current_versions as (

    {{ current_versions('coverages') }}

),

typed as (

    select
        -- keys
        {{ fact_key() }} as coverage_key,
        patient_key,
        {{ fact_key('payer_id') }} as payer_key,

        -- codes and text
        {{ clean_text('payer_name') }} as payer_name,
        {{ clean_text('plan_name') }} as plan_name,
        lower({{ clean_text('plan_type_code') }}) as plan_type_code,
        lower({{ clean_text('subscriber_relationship_code') }})
            as subscriber_relationship_code,
        lower({{ clean_text('status_code') }}) as status_code,

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
