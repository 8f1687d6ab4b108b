{#-
    Results beside the patient's one before, of the same analyte, unit and material: plain
    numbers at different times, told in the reference unit where they could be. A bound,
    words, a time with two different numbers, and a number without a unit compare with
    nothing.
-#}
with

trend_results as (

    select * from {{ ref('int_trend_results') }}
    where unit <> ''

),

trend_points as (

    select * from {{ ref('int_trend_points') }}
    where unit <> ''

),

in_sequence as (

    select
        *,
        lag(value_number) over of_series as previous_value,
        lag(collected_at) over of_series as previous_collected_at
    from trend_points
    window of_series as (
        partition by patient_key, analyte_code, unit, material_code
        order by collected_at
    )

)

select
    trend_results.patient_key,
    trend_results.source_system,
    trend_results.lab_result_key,
    trend_results.analyte_code,
    trend_results.unit,
    trend_results.material_code,
    trend_results.test_name,
    trend_results.specimen_name,
    trend_results.value_number,
    trend_results.collected_at,
    trend_results.resulted_at,
    bit_or(trend_results.sensitivity) over (
        partition by
            trend_results.patient_key,
            trend_results.analyte_code,
            trend_results.unit,
            trend_results.material_code
    ) as sensitivity,
    in_sequence.previous_value,
    in_sequence.previous_collected_at,
    trend_results.value_number - in_sequence.previous_value as change_number,
    {{ seconds_between(
        'in_sequence.previous_collected_at', 'trend_results.collected_at'
    ) }} as seconds_between
from trend_results
inner join in_sequence
    on
        trend_results.patient_key = in_sequence.patient_key
        and trend_results.analyte_code = in_sequence.analyte_code
        and trend_results.unit = in_sequence.unit
        and trend_results.material_code = in_sequence.material_code
        and trend_results.collected_at = in_sequence.collected_at
where
    in_sequence.value_number is not null
    and in_sequence.previous_value is not null
