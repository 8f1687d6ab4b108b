{#-
    The results that a trend is made of: usable bare numbers of one patient, analyte, unit
    and material. A value with a comparator is an interval, a preliminary result may still
    change, and organisms and susceptibilities form no sequence.

    A LOINC code fixes the material, but a source may contradict it: what it names as
    another material than blood stands apart.

    A range applies to a result where the flag on the screen agrees with it: a number
    inside a range that the laboratory flags all the same is not known to be normal.
-#}
with

lab_results as (

    select * from {{ ref('fct_lab_results') }}
    where
        is_usable
        and value_number is not null
        and collected_at is not null
        and organism_name is null
        and antibiotic_name is null

),

with_limits as (

    select
        *,
        coalesce(comparable_unit, unit, '') as trend_unit,
        case
            when {{ is_not_blood('specimen_name') }} then lower(trim(specimen_name))
            else ''
        end as material_code,
        case
            when displayed_flag_source = 'default_range' then default_low
            else reference_low
        end as range_low,
        case
            when displayed_flag_source = 'default_range' then default_high
            else reference_high
        end as range_high
    from lab_results

)

select
    patient_key,
    lab_result_key,
    analyte_code,
    trend_unit as unit,
    material_code,
    test_name,
    specimen_name,
    value_number,
    displayed_flag,
    range_low,
    range_high,
    displayed_flag <> 'INDETERMINATE'
    and (range_low is not null or range_high is not null)
    and coalesce(range_low <= range_high, true)
    and (
        coalesce(value_number >= range_low, true)
        and coalesce(value_number <= range_high, true)
    ) = (displayed_flag = 'NORMAL') as has_range,
    collected_at,
    resulted_at,
    sensitivity
from with_limits
