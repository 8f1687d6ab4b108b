-- depends_on: {{ ref('encounters') }}
with

conditions as (

    select * from {{ ref('fct_conditions') }}

),

patients as (

    select * from {{ ref('int_patients_for_research') }}

),

encounters as (

    select * from {{ ref('int_encounters_for_research') }}

),

codes as (

    select * from {{ ref('int_codes_for_research') }}

),

with_date as (

    select
        conditions.code_system,
        conditions.normalised_code,
        conditions.sequence_number,
        conditions.is_refuted,
        patients.research_patient_id,
        patients.first_year_shown,
        encounters.research_encounter_id,
        coalesce(
            encounters.visit_date, {{ local_date('conditions.started_at') }}
        ) as fact_date
    from conditions
    inner join patients
        on conditions.patient_key = patients.patient_key
    left join encounters
        on
            conditions.patient_key = encounters.patient_key
            and conditions.encounter_key = encounters.encounter_key
    where {{ is_fact_closed(local_date('conditions.started_at')) }}

)

select
    -- keys
    with_date.research_patient_id,
    with_date.research_encounter_id,

    -- codes
    codes.code_system,
    codes.code as condition_code,
    case when codes.code is null then 'not_in_list' end as code_withheld,
    {{ year_withheld('with_date.fact_date', 'with_date.first_year_shown') }}
        as year_withheld,

    -- names
    codes.title as condition_name,

    -- numbers
    case
        when with_date.sequence_number between 1 and 99
            then cast(with_date.sequence_number as integer)
    end as sequence_number,
    {{ year_shown('with_date.fact_date', 'with_date.first_year_shown') }} as known_year,

    -- flags
    with_date.is_refuted

from with_date
left join codes
    on
        with_date.code_system = codes.code_system
        and with_date.normalised_code = codes.code
order by with_date.research_patient_id, known_year, condition_code
