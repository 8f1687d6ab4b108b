{#- Stage of albuminuria at each ratio of albumin to creatinine in urine, KDIGO 2024 -#}
with

ratios as (

    select * from {{ ref('fct_lab_results') }}
    where
        analyte_code = '9318-7'
        and is_usable
        and value_number is not null
        and collected_at is not null
        and comparable_unit in ('mg/g', 'mg/mmol')

)

select
    patient_key,
    lab_result_key as fact_key,
    'albuminuria' as measure_code,
    value_number,
    comparable_unit as unit,
    {{ albuminuria_stage('value_number', 'comparable_unit') }} as class_name,
    cast(null as boolean) as is_lasting,
    cast(null as {{ dbt.type_string() }}) as not_computed_reason,
    'Albumin/creatinine in urine ' || cast(value_number as {{ dbt.type_string() }})
    || ' ' || comparable_unit as inputs_text,
    sensitivity,
    collected_at as measured_at,
    known_from
from ratios
