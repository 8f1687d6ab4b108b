{#-
    How often each delta check compared, and how often it raised an alert: counts for staff
    who see no patient. A check that nothing was compared by is not there.
-#}
{{ config(tags=['nightly']) }}

with

delta_checks as (

    select * from {{ ref('int_delta_checks') }}

),

lab_delta_checks as (

    select * from {{ ref('lab_delta_checks') }}

),

counted as (

    select
        source_system,
        check_code,
        count(*) as compared_count,
        count(case when is_beyond then 1 end) as alert_count,
        count(case when is_beyond and change_number > 0 then 1 end) as rise_count
    from delta_checks
    group by source_system, check_code

)

select
    -- which check
    counted.source_system,
    counted.check_code,
    lab_delta_checks.loinc_code as analyte_code,
    lab_delta_checks.analyte_name,
    lab_delta_checks.kind_code,
    lab_delta_checks.change_limit,
    lab_delta_checks.unit_ucum as limit_unit,
    lab_delta_checks.window_hours,
    lab_delta_checks.is_active,
    lab_delta_checks.source_name as limit_source_name,

    -- how often
    counted.compared_count,
    counted.alert_count,
    counted.rise_count

from counted
inner join lab_delta_checks
    on counted.check_code = lab_delta_checks.check_code
