with

current_versions as (

    {{ current_versions('claims') }}

),

typed as (

    select
        -- keys
        {{ fact_key() }} as claim_key,
        patient_key,
        {{ fact_key('encounter_id') }} as encounter_key,
        {{ fact_key('coverage_id') }} as coverage_key,
        {{ fact_key('replaces_claim_id') }} as replaces_claim_key,

        -- codes and text
        {{ clean_text('payer_name') }} as payer_name,
        lower({{ clean_text('claim_type_code') }}) as claim_type_code,
        lower({{ clean_text('status_code') }}) as status_code,
        {{ clean_text('status_reason_name') }} as status_reason_name,
        {{ clean_text('diagnosis_code') }} as diagnosis_code,
        {{ clean_text('diagnosis_code_system') }} as diagnosis_code_system,
        {{ clean_text('procedure_code') }} as procedure_code,
        {{ clean_text('procedure_code_system') }} as procedure_code_system,
        {{ clean_text('currency_code') }} as currency_code,

        -- numbers
        billed_amount,
        allowed_amount,
        patient_amount,

        -- times
        service_started_at,
        service_ended_at,
        submitted_at,

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
