with

typed as (

    select
        id,
        analyte,
        cast(value as {{ type_decimal() }}) as value_number,
        unit_from,
        unit_to
    from vector_rows

),

unit_conversions as (

    select * from {{ ref('lab_unit_conversions') }}

),

converted as (

    select
        typed.id,
        {{ converted(
            'typed.value_number', 'unit_conversions.factor', 'unit_conversions.increment'
        ) }} as converted
    from typed
    left join unit_conversions
        on
            typed.analyte = unit_conversions.analyte_name
            and typed.unit_from = unit_conversions.unit_from
            and typed.unit_to = unit_conversions.unit_to

)

select
    id,
    {{ significant('converted', 6) }} as expected_6sig,
    round(converted, 2) as expected_2dp
from converted
