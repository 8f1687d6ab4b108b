{#-
    Slope by ordinary least squares over all points, with its 95 % interval by Student's t
    with two degrees of freedom less than there are points. The interval takes each
    result as independent of the others and the course as straight.

    The sums are exact decimals, so that they do not depend on the order in which rows
    are read. Beyond 200 degrees of freedom the quantile of 200 stands: an interval 0.6 %
    too wide.
-#}
{%- set seconds_of_year = 31557600 %}

with

trend_points as (

    select
        *,
        min(collected_at) over (
            partition by patient_key, analyte_code, unit, material_code
        ) as first_collected_at
    from {{ ref('int_trend_points') }}

),

t_quantiles as (

    select * from {{ ref('t_quantiles') }}

),

placed as (

    select
        *,
        case
            when value_number is not null
                then {{ seconds_between('first_collected_at', 'collected_at') }}
        end as seconds
    from trend_points

),

summed as (

    select
        patient_key,
        analyte_code,
        unit,
        material_code,
        count(value_number) as point_count,
        count(
            distinct case
                when seconds is not null then {{ local_date('collected_at') }}
            end
        ) as day_count,
        min(value_number) as lowest_value,
        max(case when seconds is not null then collected_at end) as last_point_at,
        max(seconds) as last_seconds,
        max(seconds) - min(seconds) as span_seconds,
        sum(seconds) as seconds_sum,
        sum(value_number) as value_sum,
        count(value_number) * sum(seconds * seconds)
        - sum(seconds) * sum(seconds) as spread_of_seconds,
        count(value_number) * sum(seconds * value_number)
        - sum(seconds) * sum(value_number) as spread_both,
        count(value_number) * sum(value_number * value_number)
        - sum(value_number) * sum(value_number) as spread_of_values
    from placed
    group by patient_key, analyte_code, unit, material_code

),

fitted as (

    select
        summed.*,
        t_quantiles.t_975,
        case
            when summed.unit = '' then 'unit_missing'
            when summed.day_count < {{ var('trend_minimum_results') }}
                then 'too_few_results'
            when summed.span_seconds < {{ var('trend_minimum_days') }} * 86400
                then 'too_short'
        end as slope_missing_reason,
        case
            when summed.spread_of_seconds > 0 and summed.point_count > 2
                then
                    (
                        summed.spread_of_values * summed.spread_of_seconds
                        - summed.spread_both * summed.spread_both
                    )
                    / summed.spread_of_seconds
                    / (summed.point_count * (summed.point_count - 2))
        end as residual_variance
    from summed
    left join t_quantiles
        on least(summed.point_count - 2, 200) = t_quantiles.degrees_of_freedom

),

with_half_width as (

    select
        *,
        t_975 * {{ seconds_of_year }}
        * sqrt(
            residual_variance * point_count / nullif(spread_of_seconds, 0)
        ) as half_width
    from fitted

)

select
    patient_key,
    analyte_code,
    unit,
    material_code,
    point_count,
    day_count,
    lowest_value,
    last_point_at,
    last_seconds,
    span_seconds,
    seconds_sum,
    value_sum,
    spread_of_seconds,
    spread_both,
    residual_variance,
    t_975,
    slope_missing_reason,
    case
        when slope_missing_reason is null
            then round(spread_both * {{ seconds_of_year }} / spread_of_seconds, 6)
    end as slope_per_year,
    case
        when slope_missing_reason is null
            then round(
                spread_both * {{ seconds_of_year }} / spread_of_seconds - half_width, 6
            )
    end as slope_low_per_year,
    case
        when slope_missing_reason is null
            then round(
                spread_both * {{ seconds_of_year }} / spread_of_seconds + half_width, 6
            )
    end as slope_high_per_year
from with_half_width
