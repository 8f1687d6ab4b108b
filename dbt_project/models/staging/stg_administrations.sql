with

current_versions as (

    {{ current_versions('administrations') }}

),

typed as (

    select
        -- keys
        {{ fact_key() }} as administration_key,
        patient_key,
        {{ fact_key('encounter_id') }} as encounter_key,
        {{ fact_key('prescription_id') }} as prescription_key,
        {{ fact_key('practitioner_id') }} as practitioner_key,

        -- codes and text
        {{ clean_text('drug_code') }} as drug_code,
        {{ clean_text('code_system') }} as code_system,
        {{ clean_text('drug_name') }} as drug_name,
        {{ clean_text('dose_text') }} as dose_text,
        {{ clean_text('dose_unit') }} as dose_unit,
        {{ clean_text('route_code') }} as route_code,
        lower({{ clean_text('status_code') }}) as status_code,
        {{ clean_text('reason_name') }} as reason_name,
        {{ clean_text('performer_name') }} as performer_name,

        -- times
        scheduled_at,
        administered_at,

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
