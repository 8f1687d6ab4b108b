{#-
    A result's direction by a range and by the laboratory's own flag, where both speak.
    The delivered range decides, the default one only where none was delivered. Flags that
    nobody can read, or that speak of something else (a susceptibility, an instrument's
    limit), have no direction.

    A laboratory may send no flag for what is normal. So silence counts as its word only
    about tests that it flags at times: there, an abnormal number without a flag is a
    difference. What it never flags cannot be compared.
-#}
with

lab_results as (

    select * from {{ ref('fct_lab_results') }}

),

with_directions as (

    select
        source_system,
        analyte_code,
        case
            when flag <> 'INDETERMINATE' then 'delivered_range'
            when default_range_source_code = 'site' then 'site_range'
            else 'default_range'
        end as judged_by_code,
        case
            when flag <> 'INDETERMINATE' then flag
            when indeterminate_reason = 'no_delivered_range' then default_range_flag
        end as range_flag,
        case
            when laboratory_flag is null then 'none'
            when is_flag_unread then null
            when interpretation_code = 'N' then 'normal'
            when interpretation_code in ('H', 'HU', 'HH', 'H>') then 'high'
            when interpretation_code in ('L', 'LU', 'LL', 'L<') then 'low'
            when interpretation_code in ('A', 'AA') then 'abnormal'
        end as laboratory_direction_code
    from lab_results

),

with_habit as (

    select
        source_system,
        analyte_code,
        judged_by_code,
        laboratory_direction_code,
        case
            when range_flag like '%LOW' then 'low'
            when range_flag like '%HIGH' then 'high'
            when range_flag = 'NORMAL' then 'normal'
        end as range_direction_code,
        max(case when laboratory_direction_code <> 'none' then 1 else 0 end)
            over (partition by source_system, analyte_code)
        = 1 as is_flagged_at_times
    from with_directions

),

compared as (

    select
        *,
        case
            when laboratory_direction_code = 'none'
                then range_direction_code <> 'normal'
            when laboratory_direction_code = 'abnormal'
                then range_direction_code = 'normal'
            else laboratory_direction_code <> range_direction_code
        end as is_different
    from with_habit
    where
        range_direction_code is not null
        and laboratory_direction_code is not null
        and is_flagged_at_times

)

select
    source_system,
    analyte_code,
    judged_by_code,
    range_direction_code,
    laboratory_direction_code,
    is_different
from compared
