{#-
    Course of a patient's results. Only usable bare numbers in one unit and of one
    material; what is worked out from them is null where it would say more about chance,
    or rest on a guess, and a reason then stands beside it.
-#}
{{
    config(
        indexes=[
            {
                'columns': ['patient_key', 'analyte_code', 'unit', 'material_code'],
                'unique': true,
            },
        ]
    )
}}

with

trend_summaries as (

    select * from {{ ref('int_trend_summaries') }}
    {{ only_touched_patients() }}

),

trend_slopes as (

    select * from {{ ref('int_trend_slopes') }}
    {{ only_touched_patients() }}

),

trend_forecasts as (

    select * from {{ ref('int_trend_forecasts') }}
    {{ only_touched_patients() }}

),

trend_changes as (

    select * from {{ ref('int_trend_changes') }}
    {{ only_touched_patients() }}

),

trend_times_in_range as (

    select * from {{ ref('int_trend_times_in_range') }}
    {{ only_touched_patients() }}

)

select
    -- keys
    trend_summaries.patient_key,
    trend_summaries.analyte_code,
    trend_summaries.unit,
    trend_summaries.material_code,
    trend_summaries.test_name,
    trend_summaries.specimen_name,

    -- numbers
    trend_summaries.result_count,
    trend_slopes.point_count,
    trend_slopes.day_count,
    trend_summaries.first_value,
    trend_summaries.previous_value,
    trend_summaries.last_value,
    trend_summaries.change_from_previous,
    trend_summaries.lowest_value,
    trend_summaries.highest_value,

    -- slope
    trend_slopes.slope_per_year,
    trend_slopes.slope_low_per_year,
    trend_slopes.slope_high_per_year,
    trend_slopes.slope_missing_reason,

    -- the latest against the patient's own results before
    trend_changes.baseline_value,
    trend_changes.baseline_count,
    trend_changes.baseline_missing_reason,
    trend_changes.change_from_baseline_percent,
    trend_changes.reference_change_percent,
    trend_changes.reference_change_source,
    trend_changes.is_significant_change,
    trend_changes.significance_missing_reason,

    -- against ranges
    trend_summaries.judged_count,
    trend_summaries.out_of_range_count,
    trend_summaries.out_of_range_share,
    trend_summaries.last_flag,
    trend_times_in_range.time_in_range_share,
    trend_times_in_range.time_in_range_days,
    trend_times_in_range.time_in_range_missing_reason,

    -- forecast
    trend_forecasts.forecast_value,
    trend_forecasts.forecast_low,
    trend_forecasts.forecast_high,
    trend_forecasts.forecast_at,
    trend_forecasts.forecast_missing_reason,

    trend_summaries.sensitivity,

    -- times
    trend_summaries.first_collected_at,
    trend_summaries.previous_collected_at,
    trend_summaries.last_collected_at

from trend_summaries
inner join trend_slopes
    on
        trend_summaries.patient_key = trend_slopes.patient_key
        and trend_summaries.analyte_code = trend_slopes.analyte_code
        and trend_summaries.unit = trend_slopes.unit
        and trend_summaries.material_code = trend_slopes.material_code
inner join trend_changes
    on
        trend_summaries.patient_key = trend_changes.patient_key
        and trend_summaries.analyte_code = trend_changes.analyte_code
        and trend_summaries.unit = trend_changes.unit
        and trend_summaries.material_code = trend_changes.material_code
inner join trend_times_in_range
    on
        trend_summaries.patient_key = trend_times_in_range.patient_key
        and trend_summaries.analyte_code = trend_times_in_range.analyte_code
        and trend_summaries.unit = trend_times_in_range.unit
        and trend_summaries.material_code = trend_times_in_range.material_code
inner join trend_forecasts
    on
        trend_summaries.patient_key = trend_forecasts.patient_key
        and trend_summaries.analyte_code = trend_forecasts.analyte_code
        and trend_summaries.unit = trend_forecasts.unit
        and trend_summaries.material_code = trend_forecasts.material_code
