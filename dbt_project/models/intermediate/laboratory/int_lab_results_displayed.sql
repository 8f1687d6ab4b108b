{#-
    One flag for a screen, with where it comes from. The order of trust: the range
    delivered with the result, the laboratory's own flag, the default range; but whoever
    calls a result abnormal is never overruled by somebody who calls it normal, and the
    laboratory's critical is never weakened. A default range speaks only where no range
    was delivered. A laboratory's "normal" alone makes no NORMAL.
-#}
with

lab_results as (

    select * from {{ ref('int_lab_results_judged') }}

),

with_laboratory_judgement as (

    select
        *,
        case
            when not is_usable or axis_code is null or axis_code <> 'normality'
                then null
            when interpretation_code = 'HH' then 'CRITICAL_HIGH'
            when interpretation_code = 'LL' then 'CRITICAL_LOW'
            when interpretation_code in ('H', 'HU') then 'HIGH'
            when interpretation_code in ('L', 'LU') then 'LOW'
            when interpretation_code in ('A', 'AA') then 'ABNORMAL'
        end as laboratory_judgement,
        case
            when axis_code = 'susceptibility' then interpretation_code
        end as susceptibility_code
    from lab_results

),

with_source as (

    select
        *,
        case
            when
                laboratory_judgement in ('CRITICAL_LOW', 'CRITICAL_HIGH')
                and flag not in ('CRITICAL_LOW', 'CRITICAL_HIGH')
                then 'laboratory'
            when flag not in ('NORMAL', 'INDETERMINATE') then 'delivered_range'
            when laboratory_judgement is not null then 'laboratory'
            when flag = 'NORMAL' then 'delivered_range'
            when
                default_range_flag <> 'INDETERMINATE'
                and reference_low is null
                and reference_high is null
                then 'default_range'
        end as displayed_flag_source
    from with_laboratory_judgement

),

displayed as (

    select
        *,
        case displayed_flag_source
            when 'laboratory' then laboratory_judgement
            when 'delivered_range' then flag
            when 'default_range' then default_range_flag
            else 'INDETERMINATE'
        end as displayed_flag
    from with_source

)

select * from displayed
