{#-
    Filtration rate of the kidneys at each creatinine: CKD-EPI 2021, without race (Inker,
    NEJM 2021;385:1737), reported as a whole number; stages of KDIGO 2024 from the
    reported one.

    A rate below 60 is lasting once it has been so on two days at least 90 days apart
    with no rate of 60 or more between them.
-#}
with

creatinine as (

    select
        *,
        {{ creatinine_mg_dl('value_number', 'unit') }} as creatinine_mg_dl
    from {{ ref('int_blood_numbers') }}
    where analyte_code = '2160-0'

),

patients as (

    select * from {{ ref('int_patients_for_ranges') }}

),

with_patient as (

    select
        creatinine.*,
        patients.known_sex_code,
        {{ age_on('patients', local_date('creatinine.collected_at')) }} as age_years,
        patients.birth_date is null as is_age_by_year
    from creatinine
    left join patients
        on creatinine.patient_key = patients.patient_key

),

with_rate as (

    select
        *,
        round(
            {{ egfr_ckd_epi_2021('creatinine_mg_dl', 'age_years', 'known_sex_code') }}
        ) as rate
    from with_patient

),

counted as (

    select
        *,
        count(case when rate >= 60 then 1 end) over (
            partition by patient_key
            order by collected_at, lab_result_key
        ) as usual_rates_so_far
    from with_rate

),

with_beginning as (

    select
        *,
        min(case when rate < 60 then collected_at end) over (
            partition by patient_key, usual_rates_so_far
            order by collected_at, lab_result_key
        ) as reduced_since
    from counted

)

select
    patient_key,
    lab_result_key as fact_key,
    'egfr' as measure_code,
    rate as value_number,
    'mL/min/{1.73_m2}' as unit,
    {{ filtration_stage('rate') }} as class_name,
    case
        when rate < 60
            then {{ days_between(
                'reduced_since', 'collected_at'
            ) }} >= 90
        when rate is not null then false
    end as is_lasting,
    case
        when rate is not null then null
        when creatinine_mg_dl is null then 'unit'
        when creatinine_mg_dl <= 0 then 'not_above_zero'
        when age_years is null then 'age_unknown'
        when age_years < 18 then 'child'
        else 'sex_unknown'
    end as not_computed_reason,
    'Creatinine ' || cast(value_number as {{ dbt.type_string() }})
    || coalesce(' ' || unit, '')
    || coalesce(
        ', '
        || case when is_age_by_year then 'about ' else '' end
        || cast(age_years as {{ dbt.type_string() }}) || ' years', ''
    )
    || coalesce(', ' || known_sex_code, '') as inputs_text,
    sensitivity,
    collected_at as measured_at,
    known_from
from with_beginning
