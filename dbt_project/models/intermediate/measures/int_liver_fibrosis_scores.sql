{#-
    Fibrosis of the liver from one draw: FIB-4 (Sterling, Hepatology 2006;43:1317), with
    the lower limit of 2.0 from 65 years on (McPherson, Am J Gastroenterol 2017;112:740).
    Under 35 years it is not validated: no score.
-#}
with

blood_numbers as (

    select * from {{ ref('int_blood_numbers') }}
    where analyte_code in ('1920-8', '1742-6', '777-3')

),

drawn_together as (

    select
        patient_key,
        collected_at,
        {{ only_one("analyte_code = '1920-8' and unit = 'U/L'", 'value_number') }}
            as ast,
        {{ only_one("analyte_code = '1742-6' and unit = 'U/L'", 'value_number') }}
            as alt,
        {{ only_one("analyte_code = '777-3' and unit = '10*3/uL'", 'value_number') }}
            as platelets,
        min(case when analyte_code = '1920-8' then lab_result_key end) as fact_key,
        bit_or(sensitivity) as sensitivity,
        max(known_from) as known_from
    from blood_numbers
    group by patient_key, collected_at

),

patients as (

    select * from {{ ref('int_patients_for_ranges') }}

),

with_age as (

    select
        drawn_together.*,
        {{ age_on('patients', local_date('drawn_together.collected_at')) }} as age_years
    from drawn_together
    left join patients
        on drawn_together.patient_key = patients.patient_key
    where
        drawn_together.ast is not null
        and drawn_together.alt is not null
        and drawn_together.platelets is not null

),

scored as (

    select
        *,
        case
            when age_years >= 35
                then {{ fib4('age_years', 'ast', 'alt', 'platelets') }}
        end as score
    from with_age

)

select
    patient_key,
    fact_key,
    'fib4' as measure_code,
    round(score, 2) as value_number,
    '{score}' as unit,
    {{ fib4_band('score', 'age_years') }} as class_name,
    cast(null as boolean) as is_lasting,
    case
        when score is not null then null
        when age_years is null then 'age_unknown'
        when age_years < 35 then 'too_young'
        else 'not_above_zero'
    end as not_computed_reason,
    'AST ' || cast(ast as {{ dbt.type_string() }})
    || ', ALT ' || cast(alt as {{ dbt.type_string() }}) || ' U/L'
    || ', platelets ' || cast(platelets as {{ dbt.type_string() }}) || ' 10*3/uL'
    || coalesce(', ' || cast(age_years as {{ dbt.type_string() }}) || ' years', '')
        as inputs_text,
    sensitivity,
    collected_at as measured_at,
    known_from
from scored
