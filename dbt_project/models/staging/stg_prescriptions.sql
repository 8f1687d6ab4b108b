with

current_versions as (

    {{ current_versions('prescriptions') }}

),

typed as (

    select
        -- keys
        {{ fact_key() }} as prescription_key,
        patient_key,
        {{ fact_key('encounter_id') }} as encounter_key,
        {{ fact_key('replaces_prescription_id') }} as replaces_prescription_key,
        {{ fact_key('practitioner_id') }} as practitioner_key,

        -- codes and text
        {{ clean_text('pharmacy_order_id') }} as pharmacy_order_id,
        {{ clean_text('drug_code') }} as drug_code,
        {{ clean_text('code_system') }} as code_system,
        {{ clean_text('drug_name') }} as drug_name,
        {{ clean_text('ndc_code') }} as ndc_code,
        {{ clean_text('gsn_code') }} as gsn_code,
        {{ clean_text('drug_type_code') }} as drug_type_code,
        {{ clean_text('strength_text') }} as strength_text,
        {{ clean_text('dose_text') }} as dose_text,
        {{ clean_text('dose_unit') }} as dose_unit,
        {{ clean_text('route_code') }} as route_code,
        {{ clean_text('frequency_text') }} as frequency_text,
        {{ clean_text('status_code') }} as status_code,
        {{ clean_text('change_reason_name') }} as change_reason_name,
        {{ clean_text('reason_code') }} as reason_code,
        {{ clean_text('reason_name') }} as reason_name,
        {{ clean_text('alerts_overridden') }} as alerts_overridden,
        {{ clean_text('override_reason_name') }} as override_reason_name,

        -- numbers
        doses_per_day,
        quantity,
        days_supply,
        refills_allowed,
        dispenses_count,

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
