with

current_versions as (

    {{ current_versions('referrals') }}

),

typed as (

    select
        -- keys
        {{ fact_key() }} as referral_key,
        patient_key,
        {{ fact_key('encounter_id') }} as encounter_key,
        {{ fact_key('organization_id') }} as organization_key,
        {{ fact_key('practitioner_id') }} as practitioner_key,

        -- codes and text
        {{ clean_text('specialty_name') }} as specialty_name,
        lower({{ clean_text('priority_code') }}) as priority_code,
        lower({{ clean_text('status_code') }}) as status_code,
        {{ clean_text('reason_code') }} as reason_code,
        {{ clean_text('reason_name') }} as reason_name,

        -- times
        requested_at,
        completed_at,

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
