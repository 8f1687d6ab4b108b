{#-
    The limits that apply to a result: the default range of the patient's sex, of adults
    only, and the critical limits, each only in its own unit. Critical limits can only
    warn. So they also apply where nobody knows whether the patient is an adult, and
    some of them to children of one year and older; never to infants, whose usual values
    lie elsewhere. A result without unit meets limits without dimension, such as an INR.
    Limits of blood never meet a specimen named as another material, whatever code it
    came under: a creatinine of 1.0 is usual in serum and none in urine.
-#}
{%- set warns -%}
    with_patient.unit_to_compare = lab_limits.critical_unit
            and (
                coalesce(with_patient.is_adult, true)
                or (
                    coalesce(with_patient.is_one_or_older, true)
                    and lab_limits.is_for_children
                )
            )
{%- endset -%}
with

lab_results as (

    select * from {{ ref('int_lab_results_coded') }}

),

patients as (

    select * from {{ ref('int_patients_for_ranges') }}

),

lab_limits as (

    select * from {{ ref('int_lab_limits') }}

),

with_patient as (

    select
        lab_results.*,
        patients.known_sex_code,
        case
            when lab_results.shown_unit is null then '1'
            else lab_results.comparable_unit
        end as unit_to_compare,
        {%- for years, name in [(18, 'is_adult'), (1, 'is_one_or_older')] %}
            case
                when patients.birth_date is not null
                    then {{ age_in_years(
                        'patients.birth_date', local_date('lab_results.collected_at')
                    ) }} >= {{ years }}
                when
                    date_part('year', {{ local_date('lab_results.collected_at') }})
                    - patients.birth_year <> {{ years }}
                    then
                        date_part('year', {{ local_date('lab_results.collected_at') }})
                        - patients.birth_year > {{ years }}
            end as {{ name }},
        {%- endfor %}
        {{ is_not_blood('lab_results.shown_specimen_name') }} as is_not_blood,
        {{ evaluated_once('patient', 'lab_results.patient_key') }}
    from lab_results
    left join patients
        on lab_results.patient_key = patients.patient_key

),

with_limits as (

    select
        with_patient.*,
        lab_limits.range_unit,
        lab_limits.range_unit_ucum,
        lab_limits.range_source_name,
        lab_limits.critical_source_name,
        lab_limits.includes_high,
        lab_limits.female_low,
        lab_limits.female_high,
        lab_limits.male_low,
        lab_limits.male_high,
        coalesce(
            with_patient.unit_to_compare = lab_limits.range_unit, false
        ) as is_range_unit,
        case when {{ warns }} then lab_limits.critical_low end as critical_low,
        case when {{ warns }} then lab_limits.critical_high end as critical_high
    from with_patient
    left join lab_limits
        on
            with_patient.analyte_code = lab_limits.analyte_code
            and (
                not with_patient.is_not_blood
                or coalesce(lab_limits.is_of_other_material, false)
            )

)

select * from with_limits
