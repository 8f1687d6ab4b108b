with

current_versions as (

    {{ current_versions('care_team') }}

),

typed as (

    select
        -- keys
        {{ fact_key() }} as care_team_key,
        patient_key,
        {{ fact_key('practitioner_id') }} as practitioner_key,
        {{ fact_key('encounter_id') }} as encounter_key,

        -- codes and text
        {{ clean_text('role_code') }} as role_code,

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
