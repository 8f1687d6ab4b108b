{#-
    How long the laboratory takes, step by step: counts, the middle and the ninetieth
    percentile, for staff who see no patient. What has no time is counted beside it.
-#}
{{ config(tags=['nightly']) }}

with

by_step as (

    select * from {{ ref('int_lab_turnarounds_by_step') }}

),

analyte_names as (

    select * from {{ ref('int_lab_analyte_names') }}

),

counted as (

    select
        source_system,
        period_code,
        step_code,
        analyte_code,
        priority_code,
        cast(sum(results_count) as bigint) as results_count,
        cast(
            sum(case when timing_code = 'timed' then results_count else 0 end)
            as bigint
        ) as timed_count,
        cast(
            sum(case when timing_code = 'untimed' then results_count else 0 end)
            as bigint
        ) as untimed_count,
        cast(
            sum(case when timing_code = 'reversed' then results_count else 0 end)
            as bigint
        ) as reversed_count,
        max(case when is_median then step_seconds end) as median_seconds,
        max(case when is_ninetieth then step_seconds end) as ninetieth_seconds
    from by_step
    group by source_system, period_code, step_code, analyte_code, priority_code

)

select
    -- of what
    counted.source_system,
    counted.period_code,
    counted.step_code,
    counted.analyte_code,
    analyte_names.analyte_name,
    counted.priority_code,

    -- how many
    counted.results_count,
    counted.timed_count,
    counted.untimed_count,
    counted.reversed_count,

    -- how long
    cast(counted.median_seconds / 60.0 as numeric(12, 1)) as median_minutes,
    cast(counted.ninetieth_seconds / 60.0 as numeric(12, 1)) as ninetieth_minutes

from counted
left join analyte_names
    on
        counted.source_system = analyte_names.source_system
        and counted.analyte_code = analyte_names.analyte_code
