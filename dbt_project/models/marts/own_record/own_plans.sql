{#- Whether a plan runs depends on today, so this table is rebuilt whole each time. -#}
{{ config(materialized='table', indexes=[{'columns': ['patient_key', 'started_at']}]) }}

with

care_plans as (

    select * from {{ ref('fct_care_plans') }}

),

plain_phrases as (

    select * from {{ ref('plain_phrases') }}

)

select
    -- keys
    care_plans.care_plan_key,
    care_plans.patient_key,

    -- names
    coalesce(plan_names.plain_words, care_plans.plan_name) as plan_name,
    coalesce(reasons.plain_words, care_plans.reason_name) as reason_name,
    care_plans.goal_text,
    care_plans.outcome_text,

    -- flags
    coalesce(care_plans.is_active, false) as is_running,
    care_plans.sensitivity,

    -- times
    care_plans.started_at,
    care_plans.ended_at,

    -- provenance
    care_plans.source_system,
    care_plans.delivery_id,
    care_plans.file_id,
    care_plans.line_number,
    care_plans.known_from

from care_plans
left join plain_phrases as plan_names
    on
        plan_names.kind_code = 'plan'
        and lower(care_plans.plan_name) = plan_names.delivered_text
left join plain_phrases as reasons
    on
        reasons.kind_code = 'reason'
        and lower(care_plans.reason_name) = reasons.delivered_text
