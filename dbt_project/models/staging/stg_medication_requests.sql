with

current_versions as (

    {{ current_versions('medication_requests') }}

),

typed as (

    select
        -- keys
        {{ fact_key() }} as medication_request_key,
        patient_key,
        {{ fact_key('encounter_id') }} as encounter_key,
        {{ fact_key('prescription_id') }} as prescription_key,
        {{ fact_key('practitioner_id') }} as practitioner_key,

        -- codes and text
        lower({{ clean_text('request_type_code') }}) as request_type_code,
        {{ clean_text('drug_code') }} as drug_code,
        {{ clean_text('code_system') }} as code_system,
        {{ clean_text('drug_name') }} as drug_name,
        lower({{ clean_text('requester_code') }}) as requester_code,
        lower({{ clean_text('status_code') }}) as status_code,
        {{ clean_text('answered_by_name') }} as answered_by_name,

        -- times
        requested_at,
        answered_at,

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
