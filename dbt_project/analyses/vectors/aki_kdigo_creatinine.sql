with

typed as (

    select
        "case" as series,
        seq,
        cast("time" as timestamp) as measured_at,
        cast(creatinine_mg_dl as {{ type_decimal() }}) as creatinine,
        rrt = '1' as is_on_dialysis
    from vector_rows

),

with_earlier as (

    select
        *,
        {{ lowest_creatinine_before(48, 'creatinine', 'series', 'measured_at') }}
            as lowest_48_hours,
        {{ lowest_creatinine_before(168, 'creatinine', 'series', 'measured_at') }}
            as lowest_7_days
    from typed

),

staged as (

    select
        *,
        {{ acute_kidney_injury_stage(
            'creatinine', 'lowest_48_hours', 'lowest_7_days', 'is_on_dialysis'
        ) }} as stage
    from with_earlier

)

select
    series as "case",
    seq,
    lowest_48_hours as expected_min_prior_48h,
    lowest_7_days as expected_min_prior_7d,
    stage as expected_stage_at_result,
    max(stage) over (partition by series) as expected_case_max_stage
from staged
