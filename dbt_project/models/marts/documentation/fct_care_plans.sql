{#-
    Whether a plan runs depends on today, so this table is rebuilt whole each time; a
    patient has few plans.
-#}
{{ config(materialized='table') }}

with

unlabelled as (

    select * from {{ ref('stg_care_plans') }}

),

labelled as (

    {{ labelled(
        'unlabelled', 'care_plans', 'care_plan_key',
        codes=[('plan_code', 'code_system'), ('reason_code', none)],
        names=[('plan_code', 'plan_name'), ('reason_code', 'reason_name')]
    ) }}

),

care_plans as (

    select
        *,
        lower(status_code) as status
    from labelled

),

source_as_of as (

    select * from {{ ref('stg_source_as_of') }}

),

patients as (

    select
        patient_key,
        deceased_at
    from {{ ref('dim_patients') }}

),

judged as (

    select
        -- keys
        care_plans.care_plan_key,
        care_plans.patient_key,
        care_plans.encounter_key,

        -- codes
        care_plans.plan_code,
        care_plans.code_system,
        care_plans.reason_code,
        care_plans.status_code,

        -- names
        care_plans.plan_name,
        care_plans.reason_name,
        care_plans.goal_text,
        care_plans.outcome_text,

        -- flags
        care_plans.started_at <= source_as_of.as_of
        and coalesce(care_plans.ended_at > source_as_of.as_of, true)
        and coalesce(patients.deceased_at > source_as_of.as_of, true)
        and coalesce(care_plans.status, 'active') = 'active' as is_active,
        care_plans.sensitivity,

        -- times
        care_plans.started_at,
        care_plans.ended_at,
        source_as_of.as_of,

        -- provenance
        care_plans.source_system,
        care_plans.known_from,
        care_plans.delivery_id,
        care_plans.file_id,
        care_plans.line_number

    from care_plans
    left join source_as_of
        on care_plans.source_system = source_as_of.source_system
    left join patients
        on care_plans.patient_key = patients.patient_key

)

select * from judged
