{#-
    The visit that a fact belongs to, and the one date that research knows of it.

    Ward stays count as the admission that they are part of. A visit and all its facts
    have the year in which the visit ended: two years for one visit would say that it
    went over New Year, and with its length on which days it began and ended.
-#}
with

encounters as (

    select * from {{ ref('fct_encounters') }}

),

patients as (

    select * from {{ ref('int_patients_for_research') }}

),

research_keys as (

    select * from {{ source('identity', 'research_encounter') }}

),

with_visit as (

    select
        encounters.encounter_key,
        encounters.patient_key,
        visits.encounter_key as visit_key,
        visits.encounter_class_code,
        visits.discharge_disposition_code,
        visits.started_at,
        visits.ended_at,
        visits.is_inpatient,
        visits.is_emergency,
        {{ local_date('greatest(visits.started_at, visits.ended_at)') }} as visit_date,
        visits.is_open
        and (visits.is_inpatient or visits.encounter_class_code = 'observation')
            as is_going_on
    from encounters
    left join encounters as visits
        on
            encounters.patient_key = visits.patient_key
            and coalesce(encounters.part_of_encounter_key, encounters.encounter_key)
            = visits.encounter_key
            and not visits.is_part_of_stay

),

with_patient as (

    select
        with_visit.*,
        patients.research_patient_id,
        research_keys.research_encounter_id,
        patients.first_year_shown,
        with_visit.encounter_key = with_visit.visit_key as is_visit,
        coalesce(
            with_visit.visit_date < patients.closed_before_date
            and (patients.is_historical or not with_visit.is_going_on),
            false
        ) as is_closed
    from with_visit
    inner join patients
        on with_visit.patient_key = patients.patient_key
    left join research_keys
        on with_visit.visit_key = research_keys.encounter_key

)

select * from with_patient
