{#-
    Ages and years that research may show of a patient.

    The regulation puts all ages over 89 into one group, with every date that would show
    such an age. Ages are those of a reference date: the death, else today. For a live
    source today is the end of the current year, so that nobody's age changes on a
    birthday; where a source has shifted the dates of each patient by another number of
    years, it is the patient's own last visit.

    Facts of a live source wait until their calendar year is over: a row that appears on
    a day tells a reader who looks every day what happened on it.

    Who denied research is not there, from the next build on.

    No year is shown that lies so far back that the oldest were children then: what
    happens to a child tells the birth within a few years.
-#}
with

patients as (

    select * from {{ ref('dim_patients') }}

),

research_keys as (

    select * from {{ source('identity', 'research_patient') }}

),

sources as (

    select * from {{ source('raw', 'source') }}

),

decisions as (

    select
        consent.scope_code,
        consent.decision_code,
        coalesce(merged.surviving_patient_key, consent.patient_key) as patient_key
    from {{ source('access', 'consent_in_force') }} as consent
    left join {{ source('raw', 'merged_patients') }} as merged
        on consent.patient_key = merged.patient_key

),

refusals as (

    select distinct patient_key
    from decisions
    where scope_code = 'research' and decision_code = 'deny'

),

source_as_of as (

    select * from {{ ref('stg_source_as_of') }}

),

last_visits as (

    select
        patient_key,
        max({{ local_date('greatest(started_at, ended_at)') }}) as last_visit_date
    from {{ ref('fct_encounters') }}
    group by patient_key

),

with_today as (

    select
        patients.*,
        research_keys.research_patient_id,
        sources.is_historical,
        case
            when sources.adapter in ({{ quoted(var('date_shifting_adapters')) }})
                then coalesce(
                    last_visits.last_visit_date, {{ local_date('source_as_of.as_of') }}
                )
            when sources.is_historical then {{ local_date('source_as_of.as_of') }}
            else {{ last_day_of_year('source_as_of.as_of') }}
        end as today_date,
        case
            when sources.is_historical then cast('9999-12-31' as date)
            else {{ first_day_of_year('source_as_of.as_of') }}
        end as closed_before_date
    from patients
    inner join research_keys
        on patients.patient_key = research_keys.patient_key
    inner join sources
        on patients.source_system = sources.source_system
    inner join source_as_of
        on patients.source_system = source_as_of.source_system
    left join last_visits
        on patients.patient_key = last_visits.patient_key
    left join refusals
        on patients.patient_key = refusals.patient_key
    where refusals.patient_key is null

),

with_death as (

    select
        *,
        case
            when {{ local_date('deceased_at') }} < closed_before_date
                then {{ local_date('deceased_at') }}
        end as death_date
    from with_today

),

with_reference_date as (

    select
        *,
        coalesce(death_date, today_date) as reference_date
    from with_death

),

with_age as (

    select
        *,
        case
            when birth_date is not null
                then {{ age_in_years('birth_date', 'reference_date') }}
            else cast(date_part('year', reference_date) - birth_year as integer)
        end as stated_age_years
    from with_reference_date

),

with_what_may_be_shown as (

    select
        patient_key,
        research_patient_id,
        source_system,
        sex_code,
        race_code,
        ethnicity_code,
        language_code,
        marital_status_code,
        state,
        zip3,
        is_historical,
        closed_before_date,
        reference_date,
        death_date,
        coalesce(stated_age_years >= 90, false) as is_90_or_older,
        case
            when stated_age_years between 0 and 89 then stated_age_years
        end as age_years,
        case
            when stated_age_years between 0 and 89
                then coalesce(
                    cast(date_part('year', birth_date) as integer),
                    cast(birth_year as integer)
                )
        end as shown_birth_year,
        cast(date_part('year', reference_date) as integer)
        - {{ var('research_years_shown') }} as first_year_shown
    from with_age

)

select * from with_what_may_be_shown
