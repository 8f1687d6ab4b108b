{#-
    Personal baseline: the median of the results before the latest one, of so many days
    and within so long before it. The median, because one wrong or one ill result moves a
    mean.
-#}
with

trend_points as (

    select
        *,
        max(collected_at) over (
            partition by patient_key, analyte_code, unit, material_code
        ) as last_collected_at
    from {{ ref('int_trend_points') }}

),

marked as (

    select
        *,
        value_number is not null
        and collected_at < last_collected_at
        and {{ seconds_between('collected_at', 'last_collected_at') }}
        <= {{ var('baseline_window_days') }} * 86400 as is_earlier
    from trend_points

),

ranked as (

    select
        *,
        row_number() over (
            partition by patient_key, analyte_code, unit, material_code, is_earlier
            order by value_number, collected_at
        ) as rank_by_value,
        count(*) over (
            partition by patient_key, analyte_code, unit, material_code, is_earlier
        ) as ranked_count
    from marked

),

with_middle as (

    select
        *,
        is_earlier
        and rank_by_value * 2 between ranked_count and ranked_count + 2 as is_middle
    from ranked

),

summed as (

    select
        patient_key,
        analyte_code,
        unit,
        material_code,
        max(case when collected_at = last_collected_at then value_number end)
            as latest_value,
        count(case when is_earlier then 1 end) as baseline_count,
        count(distinct case when is_earlier then {{ local_date('collected_at') }} end)
            as baseline_day_count,
        min(case when is_middle then value_number end) as lower_middle,
        max(case when is_middle then value_number end) as upper_middle
    from with_middle
    group by patient_key, analyte_code, unit, material_code

),

judged as (

    select
        *,
        case
            when unit = '' then 'unit_missing'
            when latest_value is null then 'latest_contradictory'
            when baseline_day_count < {{ var('baseline_minimum_results') }}
                then 'too_few_results'
        end as baseline_missing_reason
    from summed

)

select
    patient_key,
    analyte_code,
    unit,
    material_code,
    latest_value,
    baseline_count,
    baseline_missing_reason,
    case
        when baseline_missing_reason is null
            then (lower_middle + upper_middle) * 0.5
    end as baseline_value
from judged
