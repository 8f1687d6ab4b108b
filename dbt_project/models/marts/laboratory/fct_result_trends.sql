{#-
    Only usable plain numbers make a trend. The slope is that of least squares; its sums
    are exact decimals, so that it does not depend on the order in which rows are read.
-#}
{{
    config(
        indexes=[
            {'columns': ['patient_key', 'analyte_code', 'unit'], 'unique': true},
        ]
    )
}}

with

lab_results as (

    select * from {{ ref('fct_lab_results') }}
    {{ only_touched_patients() }}

),

ranked as (

    select
        *,
        coalesce(comparable_unit, unit, '') as trend_unit,
        row_number() over (
            partition by patient_key, analyte_code, coalesce(comparable_unit, unit, '')
            order by collected_at, resulted_at, lab_result_key
        ) as rank_from_first,
        row_number() over (
            partition by patient_key, analyte_code, coalesce(comparable_unit, unit, '')
            order by collected_at desc, resulted_at desc, lab_result_key desc
        ) as rank_from_last,
        {{ seconds_between(
            "timestamp '2000-01-01 00:00:00'", 'collected_at'
        ) }} as seconds
    from lab_results
    where is_usable and value_number is not null and collected_at is not null

),

trends as (

    select
        patient_key,
        analyte_code,
        trend_unit as unit,
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
        bit_or(sensitivity) as sensitivity,
        max(seconds) - min(seconds) as span_seconds,
        count(*) * sum(seconds * value_number) - sum(seconds) * sum(value_number)
            as slope_numerator,
        count(*) * sum(seconds * seconds) - sum(seconds) * sum(seconds)
            as slope_denominator
    from ranked
    group by patient_key, analyte_code, trend_unit

)

select
    -- keys
    patient_key,
    analyte_code,
    unit,
    test_name,
    specimen_name,

    -- numbers
    result_count,
    first_value,
    previous_value,
    last_value,
    last_value - previous_value as change_from_previous,
    lowest_value,
    highest_value,
    case
        when
            result_count >= {{ var('trend_minimum_results') }}
            and span_seconds >= {{ var('trend_minimum_days') }} * 86400
            then round(slope_numerator * 31557600 / slope_denominator, 6)
    end as slope_per_year,
    judged_count,
    out_of_range_count,
    case
        when judged_count > 0
            then round(
                cast(out_of_range_count as {{ type_decimal() }}) / judged_count, 4
            )
    end as out_of_range_share,
    last_flag,
    sensitivity,

    -- times
    first_collected_at,
    previous_collected_at,
    last_collected_at

from trends
