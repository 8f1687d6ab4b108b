with

current_versions as (

    {{ current_versions('specimens') }}

),

typed as (

    select
        -- keys
        {{ fact_key() }} as specimen_key,
        patient_key,
        {{ fact_key('order_id') }} as lab_order_key,
        {{ fact_key('encounter_id') }} as encounter_key,

        -- codes and text
        {{ clean_text('specimen_type_name') }} as specimen_type_name,
        {{ clean_text('accession_number') }} as accession_number,
        {{ clean_text('body_site_name') }} as body_site_name,
        lower({{ clean_text('status_code') }}) as status_code,
        {{ clean_text('rejection_reason_name') }} as rejection_reason_name,

        -- times
        collected_at,
        received_at,
        status_at,

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
