{#-
    Thirty-day unplanned readmission, after the hospital-wide measure of CMS, simplified.

    The outcome is the first admission after discharge, in any hospital, if it comes
    within `readmission_days` calendar days and was not planned. A planned one that comes
    first leaves no outcome, whatever follows it. A death after discharge stays in: to
    drop it would choose the cohort by what came later.

    A prediction is made for every stay that ended with the patient leaving (is_predicted);
    only those whose whole window is over by the source's today have a label (is_index).
-#}
{{ config(indexes=[{'columns': ['patient_key']}]) }}

with

stays as (

    select * from {{ ref('int_readmission_stays') }}

),

patients as (

    select * from {{ ref('dim_patients') }}

),

source_as_of as (

    select * from {{ ref('stg_source_as_of') }}

),

labels_of_patients as (

    select * from {{ ref('int_labels_of_patients') }}

),

with_window as (

    select
        stays.*,
        patients.birth_date,
        patients.birth_year,
        patients.deceased_at,
        source_as_of.as_of,
        coalesce(labels_of_patients.sensitivity, 0) as sensitivity,
        {{ day_begins_after('stays.predicted_at', var('readmission_days') + 1) }}
        - interval '1 second' as window_ends_at,
        {{ days_between('stays.predicted_at', 'stays.next_admitted_at') }}
            as days_to_next_admission,
        coalesce(
            {{ age_in_years('patients.birth_date', local_date('stays.predicted_at')) }},
            cast(date_part('year', stays.predicted_at) as integer) - patients.birth_year
        ) as age_years
    from stays
    left join patients
        on stays.patient_key = patients.patient_key
    left join source_as_of
        on stays.source_system = source_as_of.source_system
    left join labels_of_patients
        on stays.patient_key = labels_of_patients.patient_key

),

with_exclusion as (

    select
        *,
        case
            when is_open then 'open'
            when has_time_conflict then 'times_conflict'
            when
                discharge_disposition_code = 'died'
                or (
                    discharge_disposition_code is null
                    and {{ local_date('deceased_at') }}
                    between {{ local_date('cohort_admitted_at') }}
                    and {{ local_date('predicted_at') }}
                )
                then 'died'
            when discharge_disposition_code = 'against_advice' then 'against_advice'
            when
                discharge_disposition_code = 'acute_hospital'
                or (
                    last_organization_key <> next_organization_key
                    and days_to_next_admission between 0 and 1
                )
                then 'transferred'
            when age_years < {{ var('adult_age') }} then 'child'
            when as_of is null or as_of <= window_ends_at then 'window_not_over'
        end as exclusion_code
    from with_window

)

select
    -- keys
    stay_key,
    patient_key,
    case
        when
            days_to_next_admission <= {{ var('readmission_days') }}
            and exclusion_code is null
            then next_stay_key
    end as next_stay_key,

    -- codes
    coalesce(exclusion_code, 'none') as exclusion_code,

    -- numbers
    days_to_next_admission,

    -- flags
    coalesce(exclusion_code, 'window_not_over') = 'window_not_over' as is_predicted,
    exclusion_code is null as is_index,
    case
        when exclusion_code is null
            then coalesce(
                days_to_next_admission <= {{ var('readmission_days') }}
                and not is_next_planned,
                false
            )
    end as is_readmitted,
    is_planned,

    -- labels
    sensitivity,

    -- times
    cohort_admitted_at as admitted_at,
    predicted_at,
    window_ends_at,

    -- provenance
    source_system

from with_exclusion
