with

current_versions as (

    {{ current_versions('appointments') }}

),

typed as (

    select
        -- keys
        {{ fact_key() }} as appointment_key,
        patient_key,
        {{ fact_key('encounter_id') }} as encounter_key,
        {{ fact_key('practitioner_id') }} as practitioner_key,
        {{ fact_key('organization_id') }} as organization_key,

        -- codes and text
        {{ clean_text('appointment_type_name') }} as appointment_type_name,
        lower({{ clean_text('status_code') }}) as status_code,
        {{ clean_text('specialty_name') }} as specialty_name,
        {{ clean_text('cancellation_reason_name') }} as cancellation_reason_name,

        -- times
        requested_at,
        starts_at,
        ends_at,

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
