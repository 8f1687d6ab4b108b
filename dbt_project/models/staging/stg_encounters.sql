with

current_versions as (

    {{ current_versions('encounters') }}

),

typed as (

    select
        -- keys
        {{ fact_key() }} as encounter_key,
        patient_key,
        {{ fact_key('part_of_encounter_id') }} as part_of_encounter_key,
        {{ fact_key('practitioner_id') }} as practitioner_key,
        {{ fact_key('organization_id') }} as organization_key,

        -- codes and text
        {{ clean_text('encounter_class_code') }} as encounter_class_code,
        {{ clean_text('encounter_type_code') }} as encounter_type_code,
        {{ clean_text('encounter_type_name') }} as encounter_type_name,
        {{ clean_text('status_code') }} as status_code,
        {{ clean_text('service_name') }} as service_name,
        {{ clean_text('location_name') }} as location_name,
        {{ clean_text('reason_code') }} as reason_code,
        {{ clean_text('reason_name') }} as reason_name,
        {{ clean_text('admission_type_name') }} as admission_type_name,
        {{ clean_text('admission_source_name') }} as admission_source_name,
        {{ clean_text('discharge_disposition_name') }} as discharge_disposition_name,

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
