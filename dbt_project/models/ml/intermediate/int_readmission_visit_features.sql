{#-
    What the stay itself and earlier visits say. Age and sex are known from admission at
    the latest. The discharge is the prediction itself, so the length of stay is known in
    that instant. Where it went is no feature: it follows from how ill the patient is
    thought to be, and sources often write it down later.

    Earlier stays are counted by the encounters that the source knew by then; the stay
    itself, and the visit to the emergency department that led to it, do not count.
-#}
with

stays as (

    select * from {{ ref('readmission_cohort') }}
    where is_predicted

),

patients as (

    select * from {{ ref('dim_patients') }}

),

stays_of_visits as (

    select * from {{ ref('int_readmission_stays') }}

),

cohort_encounters as (

    select * from {{ ref('int_readmission_encounters') }}

),

first_encounters as (

    select
        encounter_key as stay_key,
        patient_key,
        cohort_stay_number
    from cohort_encounters
    where place_in_cohort_stay = 1

),

known_visits as (

    select * from {{ ref('int_readmission_known_encounters') }}

),

visits_of_stays as (

    select
        known_visits.*,
        coalesce(first_encounters.stay_key, known_visits.encounter_key)
            as cohort_stay_key
    from known_visits
    left join cohort_encounters
        on
            known_visits.patient_key = cohort_encounters.patient_key
            and known_visits.encounter_key = cohort_encounters.encounter_key
    left join first_encounters
        on
            cohort_encounters.patient_key = first_encounters.patient_key
            and cohort_encounters.cohort_stay_number
            = first_encounters.cohort_stay_number

),

earlier as (

    select
        stay_key,
        count(distinct case
            when
                is_inpatient
                and cohort_stay_key <> stay_key
                and ended_at <= admitted_at
                and ended_at
                >= admitted_at - interval '{{ var("earlier_stays_days") }} days'
                then cohort_stay_key
        end) as earlier_stays_count,
        count(case
            when
                is_emergency_visit
                and ended_at
                <= admitted_at - interval '{{ var("leading_visit_hours") }} hours'
                and started_at
                >= admitted_at - interval '{{ var("earlier_emergency_days") }} days'
                then 1
        end) as emergency_visits_count,
        max(case when ended_at <= admitted_at then source_knew_at end) as known_at
    from visits_of_stays
    group by stay_key

),

of_the_stay as (

    select
        stays.stay_key,
        stays.patient_key,
        stays.admitted_at,
        stays.predicted_at,
        case when stays_of_visits.is_admission_type_known then stays.is_planned end
            as is_planned,
        patients.sex_code,
        coalesce(
            {{ age_in_years('patients.birth_date', local_date('stays.predicted_at')) }},
            cast(date_part('year', stays.predicted_at) as integer) - patients.birth_year
        ) as age_years,
        {{ days_between('stays.admitted_at', 'stays.predicted_at') }}
            as length_of_stay_days,
        coalesce(earlier.earlier_stays_count, 0) as earlier_stays_count,
        coalesce(earlier.emergency_visits_count, 0) as emergency_visits_count,
        greatest(stays.admitted_at, coalesce(earlier.known_at, stays.admitted_at))
            as earlier_known_at
    from stays
    inner join stays_of_visits
        on
            stays.patient_key = stays_of_visits.patient_key
            and stays.stay_key = stays_of_visits.stay_key
    left join patients
        on stays.patient_key = patients.patient_key
    left join earlier
        on stays.stay_key = earlier.stay_key

)

select
    stay_key,
    patient_key,
    'age_years' as feature_name,
    cast(age_years as {{ type_decimal() }}) as feature_value,
    admitted_at as known_from,
    predicted_at
from of_the_stay
union all
select
    stay_key,
    patient_key,
    'is_female' as feature_name,
    cast(
        case sex_code when 'female' then 1 when 'male' then 0 end
        as {{ type_decimal() }}
    ) as feature_value,
    admitted_at as known_from,
    predicted_at
from of_the_stay
union all
select
    stay_key,
    patient_key,
    'is_planned' as feature_name,
    cast(
        case when is_planned then 1 when not is_planned then 0 end
        as {{ type_decimal() }}
    ) as feature_value,
    admitted_at as known_from,
    predicted_at
from of_the_stay
union all
select
    stay_key,
    patient_key,
    'length_of_stay_days' as feature_name,
    cast(length_of_stay_days as {{ type_decimal() }}) as feature_value,
    predicted_at as known_from,
    predicted_at
from of_the_stay
union all
select
    stay_key,
    patient_key,
    'earlier_stays_count' as feature_name,
    cast(earlier_stays_count as {{ type_decimal() }}) as feature_value,
    earlier_known_at as known_from,
    predicted_at
from of_the_stay
union all
select
    stay_key,
    patient_key,
    'emergency_visits_count' as feature_name,
    cast(emergency_visits_count as {{ type_decimal() }}) as feature_value,
    earlier_known_at as known_from,
    predicted_at
from of_the_stay
