{#-
    How many draws of blood show a pattern of what spoils a draw: counts for staff who see
    no patient. A draw is what was collected from a patient at one time.
-#}
{{ config(tags=['nightly']) }}

with

spurious_draws as (

    select * from {{ ref('fct_spurious_draws') }}

),

trend_results as (

    select * from {{ ref('int_trend_results') }}
    where material_code = ''

),

draws as (

    select distinct
        source_system,
        patient_key,
        collected_at
    from trend_results

),

draws_found as (

    select distinct
        source_system,
        pattern_code,
        patient_key,
        collected_at
    from spurious_draws

),

all_draws as (

    select
        source_system,
        count(*) as draws_count
    from draws
    group by source_system

),

found as (

    select
        source_system,
        pattern_code,
        count(*) as found_count
    from draws_found
    group by source_system, pattern_code

)

select
    found.source_system,
    found.pattern_code,
    found.found_count,
    all_draws.draws_count
from found
inner join all_draws
    on found.source_system = all_draws.source_system
