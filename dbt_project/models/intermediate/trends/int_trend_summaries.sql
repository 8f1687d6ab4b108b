{#-
    The results of a trend in short: how many, first, latest and the one before, lowest and
    highest, how many of those that could be judged were out of range.
-#}
with

trend_results as (

    select * from {{ ref('int_trend_results') }}

),

ranked as (

    select
        *,
        row_number() over (
            partition by patient_key, analyte_code, unit, material_code
            order by collected_at, resulted_at, lab_result_key
        ) as rank_from_first,
        row_number() over (
            partition by patient_key, analyte_code, unit, material_code
            order by collected_at desc, resulted_at desc, lab_result_key desc
        ) as rank_from_last
    from trend_results

),

summarised as (

    select
        patient_key,
        analyte_code,
        unit,
        material_code,
        max(case when rank_from_last = 1 then test_name end) as test_name,
        max(case when rank_from_last = 1 then specimen_name end) as specimen_name,
        count(*) as result_count,
        max(case when rank_from_first = 1 then value_number end) as first_value,
        max(case when rank_from_last = 2 then value_number end) as previous_value,
        max(case when rank_from_last = 1 then value_number end) as last_value,
        min(value_number) as lowest_value,
        max(value_number) as highest_value,
        max(case when rank_from_last = 1 then displayed_flag end) as last_flag,
        count(case when displayed_flag <> 'INDETERMINATE' then 1 end) as judged_count,
        count(
            case when displayed_flag not in ('NORMAL', 'INDETERMINATE') then 1 end
        ) as out_of_range_count,
        min(collected_at) as first_collected_at,
        max(case when rank_from_last = 2 then collected_at end)
            as previous_collected_at,
        max(collected_at) as last_collected_at,
        bit_or(sensitivity) as sensitivity
    from ranked
    group by patient_key, analyte_code, unit, material_code

)

select
    *,
    last_value - previous_value as change_from_previous,
    case
        when judged_count > 0
            then round(
                cast(out_of_range_count as {{ type_decimal() }}) / judged_count, 4
            )
    end as out_of_range_share
from summarised
