with

current_versions as (

    {{ current_versions('care_plans') }}

),

typed as (

    select
        -- keys
        {{ fact_key() }} as care_plan_key,
        patient_key,
        {{ fact_key('encounter_id') }} as encounter_key,

        -- codes and text
        {{ clean_text('plan_code') }} as plan_code,
        {{ clean_text('code_system') }} as code_system,
        {{ clean_text('plan_name') }} as plan_name,
        {{ clean_text('reason_code') }} as reason_code,
        {{ clean_text('reason_name') }} as reason_name,
        {{ clean_text('status_code') }} as status_code,
        {{ clean_text('goal_text') }} as goal_text,
        {{ clean_text('outcome_text') }} as outcome_text,

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
