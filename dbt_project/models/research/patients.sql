{{
    config(
        pre_hook="{{ draw_research_keys('research_patient', ref('dim_patients'), 'patient_key') }}"
    )
}}

with

patients as (

    select * from {{ ref('int_patients_for_research') }}

),

first_facts as (

    select * from {{ ref('int_patients_first_known') }}

),

encounters as (

    select * from {{ ref('int_encounters_for_research') }}

),

demographic_words as (

    select * from {{ ref('demographic_words') }}

),

us_states as (

    select * from {{ ref('us_states') }}

),

zip3_restricted as (

    select * from {{ ref('zip3_restricted') }}

),

-- A death in hospital has the year of its visit, for the reason that stands there.
hospital_deaths as (

    select
        patient_key,
        max(visit_date) as visit_date
    from encounters
    where is_visit and is_closed and discharge_disposition_code = 'died'
    group by patient_key

)

select
    -- keys
    patients.research_patient_id,

    -- codes
    patients.sex_code,
    races.demographic_code as race_code,
    ethnicities.demographic_code as ethnicity_code,
    languages.demographic_code as language_code,
    marital_statuses.demographic_code as marital_status_code,
    us_states.state_code,
    case
        when
            zip3_restricted.zip3 is null
            and regexp_like(patients.zip3, '^[0-9]{3}$')
            then patients.zip3
        else '000'
    end as zip3,

    -- numbers
    patients.age_years,
    patients.shown_birth_year as birth_year,
    cast(
        date_part('year', coalesce(hospital_deaths.visit_date, patients.death_date))
        as integer
    ) as death_year,

    -- flags
    patients.is_90_or_older,
    coalesce(hospital_deaths.visit_date, patients.death_date) is not null as is_deceased

from patients
left join first_facts
    on patients.patient_key = first_facts.patient_key
left join hospital_deaths
    on patients.patient_key = hospital_deaths.patient_key
left join demographic_words as races
    on
        lower(patients.race_code) = races.delivered_word
        and races.kind_code = 'race'
left join demographic_words as ethnicities
    on
        lower(patients.ethnicity_code) = ethnicities.delivered_word
        and ethnicities.kind_code = 'ethnicity'
left join demographic_words as languages
    on
        lower(patients.language_code) = languages.delivered_word
        and languages.kind_code = 'language'
left join demographic_words as marital_statuses
    on
        lower(patients.marital_status_code) = marital_statuses.delivered_word
        and marital_statuses.kind_code = 'marital_status'
left join us_states
    on lower(patients.state) = us_states.delivered_state
left join zip3_restricted
    on patients.zip3 = zip3_restricted.zip3
where
    patients.is_historical
    or first_facts.first_fact_date < patients.closed_before_date
order by patients.research_patient_id
