{#-
    The value that the least-squares line reaches some days after the last point, with
    the 95 % interval in which a single new result is expected (prediction interval). A
    line through few points, or a short one, foretells nothing; nor does one that leads
    below zero where no result was ever negative.
-#}
with

trend_slopes as (

    select
        *,
        last_seconds + {{ var('forecast_horizon_days') }} * 86400
        - seconds_sum / nullif(point_count, 0) as ahead_of_mean
    from {{ ref('int_trend_slopes') }}

),

extended as (

    select
        *,
        value_sum / nullif(point_count, 0)
        + spread_both * ahead_of_mean / nullif(spread_of_seconds, 0) as expected_value,
        t_975 * sqrt(
            residual_variance
            * (
                1 + 1.0 / nullif(point_count, 0)
                + ahead_of_mean * ahead_of_mean * point_count
                / nullif(spread_of_seconds, 0)
            )
        ) as half_width
    from trend_slopes

),

judged as (

    select
        *,
        case
            when unit = '' then 'unit_missing'
            when day_count < {{ var('forecast_minimum_results') }}
                then 'too_few_results'
            when span_seconds < {{ var('forecast_minimum_days') }} * 86400
                then 'too_short'
            when lowest_value >= 0 and expected_value < 0 then 'below_zero'
        end as forecast_missing_reason
    from extended

)

select
    patient_key,
    analyte_code,
    unit,
    material_code,
    forecast_missing_reason,
    case
        when forecast_missing_reason is null then round(expected_value, 6)
    end as forecast_value,
    case
        when forecast_missing_reason is not null then null
        when lowest_value >= 0
            then greatest(round(expected_value - half_width, 6), 0)
        else round(expected_value - half_width, 6)
    end as forecast_low,
    case
        when forecast_missing_reason is null
            then round(expected_value + half_width, 6)
    end as forecast_high,
    case
        when forecast_missing_reason is null
            then {{ dbt.dateadd(
                'hour', var('forecast_horizon_days') * 24, 'last_point_at'
            ) }}
    end as forecast_at
from judged
