{{
    config(
        pre_hook="{{ draw_research_keys('research_encounter', ref('fct_encounters'), 'encounter_key') }}"
    )
}}

-- depends_on: {{ ref('patients') }}
with

encounters as (

    select * from {{ ref('int_encounters_for_research') }}

)

select
    -- keys
    research_encounter_id,
    research_patient_id,

    -- codes
    encounter_class_code,
    discharge_disposition_code,
    {{ year_withheld('visit_date', 'first_year_shown') }} as year_withheld,

    -- numbers
    row_number() over (
        partition by research_patient_id
        order by started_at, encounter_key
    ) as visit_number,
    -- A stay of years is a mistake in its dates; one of decades would tell an age.
    case
        when {{ days_between('started_at', 'ended_at') }} between 0 and 365
            then {{ days_between('started_at', 'ended_at') }}
    end as length_of_stay_days,
    {{ year_shown('visit_date', 'first_year_shown') }} as ended_year,

    -- flags
    is_inpatient,
    is_emergency

from encounters
where is_visit and is_closed
order by research_patient_id, visit_number
