{#-
    Stays for the readmission measure. A stay of the visits merges whatever follows within
    a day, which is right for a transfer; but who was sent home and came back to the same
    hospital was readmitted. So a merged stay is parted where the encounter before ended
    with the patient leaving for somewhere else than an acute hospital, and the next one
    begins in the same hospital on another day, or on the same day for another reason.
    Where hospital, reason or destination is not stated nothing is parted.
-#}
with

encounters as (

    select
        -- keys
        encounter_key,
        patient_key,
        organization_key,
        stay_number,
        place_from_first,

        -- codes and names
        reason_code,
        discharge_disposition_code,
        admission_type_name,

        -- flags
        is_open,
        has_time_conflict,

        -- times
        started_at,
        ended_at,

        -- provenance
        source_system
    from {{ ref('int_inpatient_encounters_numbered_by_stay') }}

),

with_encounter_before as (

    select
        *,
        max(ended_at) over (
            partition by patient_key, stay_number
            order by started_at, encounter_key
            rows between unbounded preceding and 1 preceding
        ) as latest_end_before,
        lag(ended_at) over (
            partition by patient_key, stay_number
            order by started_at, encounter_key
        ) as end_before,
        lag(organization_key) over (
            partition by patient_key, stay_number
            order by started_at, encounter_key
        ) as organization_before,
        lag(reason_code) over (
            partition by patient_key, stay_number
            order by started_at, encounter_key
        ) as reason_before,
        lag(discharge_disposition_code) over (
            partition by patient_key, stay_number
            order by started_at, encounter_key
        ) as disposition_before
    from encounters

),

with_return as (

    select
        *,
        coalesce(
            started_at >= latest_end_before
            and latest_end_before = end_before
            and organization_key = organization_before
            and disposition_before not in ('acute_hospital', 'died')
            and (
                reason_code <> reason_before
                or {{ local_date('started_at') }} > {{ local_date('end_before') }}
            ),
            false
        ) as is_return
    from with_encounter_before

),

with_place as (

    select
        *,
        sum(case when place_from_first = 1 or is_return then 1 else 0 end) over (
            partition by patient_key
            order by stay_number, started_at, encounter_key
            rows between unbounded preceding and current row
        ) as cohort_stay_number
    from with_return

),

numbered as (

    select
        *,
        row_number() over (
            partition by patient_key, cohort_stay_number
            order by started_at, encounter_key
        ) as place_in_cohort_stay,
        row_number() over (
            partition by patient_key, cohort_stay_number
            order by
                case when ended_at is null then 1 else 0 end,
                ended_at desc,
                encounter_key desc
        ) as place_from_cohort_end,
        row_number() over (
            partition by patient_key, cohort_stay_number
            order by started_at desc, encounter_key desc
        ) as place_from_cohort_start
    from with_place

)

select * from numbered
