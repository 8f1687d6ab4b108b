{#-
    Share of time in range by linear interpolation between neighbouring results
    (Rosendaal, Thromb Haemost 1993;69:236). Time between results further apart than
    eight weeks is not counted, nor between two with different ranges, nor beside a time
    with two numbers that differ. Without a range for every result there is no share.
-#}
with

trend_points as (

    select * from {{ ref('int_trend_points') }}

),

with_next as (

    select
        *,
        lead(value_number) over series as next_value,
        lead(collected_at) over series as next_collected_at,
        lead(range_low) over series as next_low,
        lead(range_high) over series as next_high
    from trend_points
    window
        series as (
            partition by patient_key, analyte_code, unit, material_code
            order by collected_at
        )

),

stretches as (

    select
        *,
        least(value_number, next_value) as lower_value,
        greatest(value_number, next_value) as upper_value,
        case
            when
                value_number is not null
                and next_value is not null
                and coalesce(
                    range_low = next_low, range_low is null and next_low is null
                )
                and coalesce(
                    range_high = next_high, range_high is null and next_high is null
                )
                and {{ seconds_between('collected_at', 'next_collected_at') }}
                <= {{ var('time_in_range_longest_gap_days') }} * 86400
                then {{ seconds_between('collected_at', 'next_collected_at') }}
        end as counted_seconds
    from with_next

),

with_share as (

    select
        *,
        case
            when counted_seconds is null then null
            when lower_value < upper_value
                then
                    greatest(
                        least(upper_value, range_high)
                        - greatest(lower_value, range_low),
                        0
                    )
                    / (upper_value - lower_value)
            when
                coalesce(value_number >= range_low, true)
                and coalesce(value_number <= range_high, true)
                then 1
            else 0
        end as share_inside
    from stretches

),

summed as (

    select
        patient_key,
        analyte_code,
        unit,
        material_code,
        count(case when value_number is not null and not has_range then 1 end)
            as unjudged_count,
        coalesce(sum(counted_seconds), 0) as counted_seconds,
        sum(counted_seconds * share_inside) as seconds_inside
    from with_share
    group by patient_key, analyte_code, unit, material_code

),

judged as (

    select
        *,
        case
            when unit = '' then 'unit_missing'
            when unjudged_count > 0 then 'no_range'
            when counted_seconds < {{ var('time_in_range_minimum_days') }} * 86400
                then 'too_little_time'
        end as time_in_range_missing_reason
    from summed

)

select
    patient_key,
    analyte_code,
    unit,
    material_code,
    time_in_range_missing_reason,
    case
        when time_in_range_missing_reason is null
            then round(seconds_inside / counted_seconds, 4)
    end as time_in_range_share,
    case
        when time_in_range_missing_reason is null
            then round(counted_seconds / 86400, 1)
    end as time_in_range_days
from judged
