{#-
    One row per stay of the readmission measure. The first encounter says how the patient
    came, the one that ends last where the patient went.
-#}
with

encounters as (

    select * from {{ ref('int_readmission_encounters') }}

),

planned_admission_types as (

    select * from {{ ref('planned_admission_types') }}

),

with_plan as (

    select
        encounters.*,
        coalesce(planned_admission_types.is_planned, false) as is_planned
    from encounters
    left join planned_admission_types
        on
            lower(encounters.admission_type_name)
            = planned_admission_types.delivered_name

),

merged as (

    select
        -- keys
        patient_key,
        cohort_stay_number,
        min(case when place_in_cohort_stay = 1 then encounter_key end) as stay_key,
        min(case when place_in_cohort_stay = 1 then organization_key end)
            as first_organization_key,
        min(case when place_from_cohort_end = 1 then organization_key end)
            as last_organization_key,
        min(source_system) as source_system,

        -- codes
        min(case when place_from_cohort_end = 1 then discharge_disposition_code end)
            as discharge_disposition_code,

        -- flags
        max(
            case
                when place_in_cohort_stay = 1 and admission_type_name is not null then 1
                else 0
            end
        ) = 1 as is_admission_type_known,
        max(case when place_in_cohort_stay = 1 and is_planned then 1 else 0 end) = 1
            as is_planned,
        max(case when place_from_cohort_start = 1 and is_open then 1 else 0 end) = 1
            as is_open,
        max(case when has_time_conflict then 1 else 0 end) = 1 as has_time_conflict,

        -- times
        min(started_at) as cohort_admitted_at,
        max(ended_at) as last_ended_at

    from with_plan
    group by patient_key, cohort_stay_number

)

select
    *,
    case when not is_open then last_ended_at end as predicted_at,
    lead(stay_key) over (
        partition by patient_key
        order by cohort_stay_number
    ) as next_stay_key,
    lead(is_planned) over (
        partition by patient_key
        order by cohort_stay_number
    ) as is_next_planned,
    lead(first_organization_key) over (
        partition by patient_key
        order by cohort_stay_number
    ) as next_organization_key,
    lead(cohort_admitted_at) over (
        partition by patient_key
        order by cohort_stay_number
    ) as next_admitted_at
from merged
