-- depends_on: {{ ref('encounters') }}
with

prescriptions as (

    select * from {{ ref('fct_medication_history') }}

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
        prescriptions.code_system,
        prescriptions.drug_code,
        prescriptions.doses_per_day,
        prescriptions.quantity,
        prescriptions.days_supply,
        prescriptions.refills_allowed,
        prescriptions.is_inpatient_order,
        prescriptions.is_infusion_component,
        prescriptions.is_never_given,
        patients.research_patient_id,
        patients.first_year_shown,
        encounters.research_encounter_id,
        coalesce(
            encounters.visit_date, {{ local_date('prescriptions.started_at') }}
        ) as fact_date
    from prescriptions
    inner join patients
        on prescriptions.patient_key = patients.patient_key
    left join encounters
        on
            prescriptions.patient_key = encounters.patient_key
            and prescriptions.encounter_key = encounters.encounter_key
    where {{ is_fact_closed(local_date('prescriptions.started_at')) }}

)

select
    -- keys
    with_date.research_patient_id,
    with_date.research_encounter_id,

    -- codes
    codes.code_system,
    codes.code as drug_code,
    case when codes.code is null then 'not_in_list' end as code_withheld,
    {{ year_withheld('with_date.fact_date', 'with_date.first_year_shown') }}
        as year_withheld,

    -- names
    codes.title as drug_name,

    -- numbers
    {{ measurement('with_date.doses_per_day') }} as doses_per_day,
    {{ measurement('with_date.quantity') }} as quantity,
    {{ measurement('with_date.days_supply') }} as days_supply,
    case
        when with_date.refills_allowed between 0 and 99
            then cast(with_date.refills_allowed as integer)
    end as refills_allowed,
    {{ year_shown('with_date.fact_date', 'with_date.first_year_shown') }}
        as ordered_year,

    -- flags
    with_date.is_inpatient_order,
    with_date.is_infusion_component,
    with_date.is_never_given

from with_date
left join codes
    on
        with_date.code_system = codes.code_system
        and with_date.drug_code = codes.code
order by with_date.research_patient_id, ordered_year, drug_code
