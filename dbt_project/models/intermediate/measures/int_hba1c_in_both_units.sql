{#-
    HbA1c in the unit that it was not reported in: NGSP % = 0.09148 x IFCC mmol/mol +
    2.152 (ngsp.org). No plain factor: there is an increment.
-#}
with

hba1c as (

    select * from {{ ref('int_blood_numbers') }}
    where analyte_code in ('4548-4', '59261-8')

),

unit_conversions as (

    select * from {{ ref('lab_unit_conversions') }}
    where analyte_name in ('Hemoglobin A1c NGSP to IFCC', 'Hemoglobin A1c IFCC to NGSP')

)

select
    hba1c.patient_key,
    hba1c.lab_result_key as fact_key,
    'hba1c_other_unit' as measure_code,
    round(
        {{ converted(
            'hba1c.value_number', 'unit_conversions.factor', 'unit_conversions.increment'
        ) }},
        case when unit_conversions.unit_to = '%' then 1 else 0 end
    ) as value_number,
    unit_conversions.unit_to as unit,
    cast(null as {{ dbt.type_string() }}) as class_name,
    cast(null as boolean) as is_lasting,
    cast(null as {{ dbt.type_string() }}) as not_computed_reason,
    'HbA1c ' || cast(hba1c.value_number as {{ dbt.type_string() }})
    || ' ' || hba1c.unit as inputs_text,
    hba1c.sensitivity,
    hba1c.collected_at as measured_at,
    hba1c.known_from
from hba1c
inner join unit_conversions
    on hba1c.unit = unit_conversions.unit_from
