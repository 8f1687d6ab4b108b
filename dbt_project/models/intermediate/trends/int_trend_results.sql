{#-
    The results that a trend is made of: usable bare numbers of one patient, analyte, unit
    and material. What could be told in the analyte's reference unit is told in it, its
    limits too, so that glucose in mg/dL and in mmol/L is one course and not two. A value
    with a comparator is an interval, a preliminary result may still change, and organisms
    and susceptibilities form no sequence.

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
        coalesce(converted_analyte_code, analyte_code) as trend_analyte_code,
        coalesce(converted_unit, comparable_unit, unit, '') as trend_unit,
        coalesce(converted_value_number, value_number) as trend_value,
        case
            when {{ is_not_blood('specimen_name') }} then lower(trim(specimen_name))
            else ''
        end as material_code,
        case
            when displayed_flag_source in ('site_range', 'default_range')
                then case
                    when conversion_code = 'converted' then converted_default_low
                    else default_low
                end
            when conversion_code = 'converted' then converted_reference_low
            else reference_low
        end as range_low,
        case
            when displayed_flag_source in ('site_range', 'default_range')
                then case
                    when conversion_code = 'converted' then converted_default_high
                    else default_high
                end
            when conversion_code = 'converted' then converted_reference_high
            else reference_high
        end as range_high
    from lab_results

)

select
    patient_key,
    source_system,
    lab_result_key,
    trend_analyte_code as analyte_code,
    trend_unit as unit,
    material_code,
    test_name,
    specimen_name,
    trend_value as value_number,
    displayed_flag,
    range_low,
    range_high,
    displayed_flag <> 'INDETERMINATE'
    and (range_low is not null or range_high is not null)
    and coalesce(range_low <= range_high, true)
    and (
        coalesce(trend_value >= range_low, true)
        and coalesce(trend_value <= range_high, true)
    ) = (displayed_flag = 'NORMAL') as has_range,
    collected_at,
    resulted_at,
    sensitivity
from with_limits
