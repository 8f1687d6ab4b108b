{#-
    One flag for a screen, with where it comes from. The order of trust: the range
    delivered with the result, the laboratory's own flag, the site's range or else the
    default range; but whoever
    calls a result abnormal is never overruled by somebody who calls it normal, and a
    critical, whoever says so, is never weakened. A laboratory's "normal" alone makes no
    NORMAL, and no range makes one against a flag that does not mean normal or that
    cannot be read. A default range speaks only where no range was delivered: beside
    one in words or with its limits swapped it may warn, but not reassure.
-#}
with

lab_results as (

    select * from {{ ref('int_lab_results_judged') }}

),

with_laboratory_judgement as (

    select
        *,
        case
            when is_withdrawn or axis_code is null or axis_code <> 'normality'
                then null
            when interpretation_code = 'HH' then 'CRITICAL_HIGH'
            when interpretation_code = 'LL' then 'CRITICAL_LOW'
            when interpretation_code = 'AA' and flag like '%HIGH' then 'CRITICAL_HIGH'
            when interpretation_code = 'AA' and flag like '%LOW' then 'CRITICAL_LOW'
            when interpretation_code = 'AA' then 'CRITICAL'
            when interpretation_code in ('H', 'HU', 'H>') then 'HIGH'
            when interpretation_code in ('L', 'LU', 'L<') then 'LOW'
            when interpretation_code = 'A' then 'ABNORMAL'
        end as laboratory_judgement,
        -- Without an antibiotic R, S and I are a laboratory's own shorthand.
        case
            when axis_code = 'susceptibility' and antibiotic_name is not null
                then interpretation_code
        end as susceptibility_code,
        not coalesce(is_flag_unread, false)
        and coalesce(interpretation_code, 'N') in ('N', 'NEG', 'ND', 'NR', 'EXP')
            as may_be_normal,
        reference_low is null and reference_high is null as is_without_limits
    from lab_results

),

with_source as (

    select
        *,
        case
            when
                laboratory_judgement like 'CRITICAL%' and flag not like 'CRITICAL%'
                then 'laboratory'
            when flag not in ('NORMAL', 'INDETERMINATE') then 'delivered_range'
            when
                default_range_flag like 'CRITICAL%'
                and (is_without_limits or reference_low > reference_high)
                and coalesce(laboratory_judgement, '') not like 'CRITICAL%'
                then 'default_range'
            when laboratory_judgement is not null then 'laboratory'
            when flag = 'NORMAL' and may_be_normal then 'delivered_range'
            when
                is_without_limits
                and default_range_flag not in ('NORMAL', 'INDETERMINATE')
                then 'default_range'
            when
                is_without_limits
                and default_range_flag = 'NORMAL'
                and may_be_normal
                and reference_text is null
                then 'default_range'
        end as judgement_source
    from with_laboratory_judgement

),

displayed as (

    select
        *,
        case judgement_source
            when 'laboratory' then laboratory_judgement
            when 'delivered_range' then flag
            when 'default_range' then default_range_flag
            else 'INDETERMINATE'
        end as displayed_flag,
        case
            when
                judgement_source = 'default_range'
                and default_range_source_code = 'site'
                then 'site_range'
            else judgement_source
        end as displayed_flag_source
    from with_source

)

select * from displayed
