{#-
    How results are judged, by what, and why some are not: counts for staff who see no
    patient. Every result is in exactly one row.
-#}
{{ config(tags=['nightly']) }}

with

lab_results as (

    select * from {{ ref('int_lab_results_explained') }}

),

analyte_names as (

    select * from {{ ref('int_lab_analyte_names') }}

),

counted as (

    select
        source_system,
        analyte_code,
        displayed_flag,
        displayed_flag_source,
        range_source_code,
        reason_code,
        count(*) as results_count,
        sum(case when is_number then 1 else 0 end) as numbers_count,
        sum(case when is_number and range_source_code = 'none' then 1 else 0 end)
            as numbers_without_range_count
    from lab_results
    group by
        source_system,
        analyte_code,
        displayed_flag,
        displayed_flag_source,
        range_source_code,
        reason_code

)

select
    -- what was measured
    counted.source_system,
    counted.analyte_code,
    analyte_names.analyte_name,

    -- how it is judged
    counted.displayed_flag,
    counted.displayed_flag_source,
    counted.range_source_code,
    counted.reason_code,

    -- how often
    counted.results_count,
    counted.numbers_count,
    counted.numbers_without_range_count

from counted
left join analyte_names
    on
        counted.source_system = analyte_names.source_system
        and counted.analyte_code = analyte_names.analyte_code
