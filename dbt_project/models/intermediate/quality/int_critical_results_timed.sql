{#-
    Seconds of each clock: to its acknowledgement, or, of one that is open, to today; and
    its place among the acknowledged ones, per analyte and over all of its source.
-#}
with

critical_results as (

    select * from {{ ref('fct_critical_results') }}

),

source_as_of as (

    select * from {{ ref('stg_source_as_of') }}

),

with_seconds as (

    select
        critical_results.source_system,
        critical_results.analyte_code,
        critical_results.test_name,
        critical_results.clock_state_code,
        critical_results.lab_result_key,
        case
            when critical_results.clock_state_code = 'acknowledged'
                then critical_results.seconds_to_acknowledgement
            when critical_results.clock_state_code = 'open'
                then greatest(
                    cast(
                        ceil({{ seconds_between(
                            'critical_results.clock_began_at', 'source_as_of.as_of'
                        ) }})
                        as bigint
                    ),
                    0
                )
        end as clock_seconds
    from critical_results
    left join source_as_of
        on critical_results.source_system = source_as_of.source_system

),

in_scopes as (

    select
        *,
        'analyte' as scope_code,
        analyte_code as scope_analyte_code
    from with_seconds
    union all
    select
        *,
        'source' as scope_code,
        cast(null as {{ dbt.type_string() }}) as scope_analyte_code
    from with_seconds

),

placed as (

    select
        *,
        row_number() over (
            partition by
                scope_code, source_system, scope_analyte_code, clock_state_code
            order by clock_seconds asc, lab_result_key asc
        ) as place_in_state,
        count(*) over (
            partition by
                scope_code, source_system, scope_analyte_code, clock_state_code
        ) as results_in_state
    from in_scopes

)

select
    scope_code,
    source_system,
    scope_analyte_code as analyte_code,
    test_name,
    clock_state_code,
    clock_seconds,
    {{ clock_band('clock_seconds') }} as clock_band_code,
    clock_state_code = 'acknowledged'
    and place_in_state = ceil(0.5 * results_in_state) as is_median,
    clock_state_code = 'acknowledged'
    and place_in_state = ceil(0.9 * results_in_state) as is_ninetieth
from placed
