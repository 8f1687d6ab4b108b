with

current_versions as (

    {{ current_versions('medication_reconciliations') }}

),

typed as (

    select
        -- keys
        {{ fact_key() }} as medication_reconciliation_key,
        patient_key,
        {{ fact_key('practitioner_id') }} as practitioner_key,

        -- codes and text
        lower({{ clean_text('line_code') }}) as line_code,
        {{ clean_text('medicine_name') }} as medicine_name,
        lower({{ clean_text('occasion_code') }}) as occasion_code,
        lower({{ clean_text('decision_code') }}) as decision_code,
        {{ clean_text('reason_name') }} as reason_name,
        {{ clean_text('seen_digests') }} as seen_digests,
        lower({{ clean_text('status_code') }}) as status_code,
        {{ clean_text('decided_by_name') }} as decided_by_name,

        -- times
        decided_at,

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
