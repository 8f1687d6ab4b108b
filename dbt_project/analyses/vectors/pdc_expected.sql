with

periods as (

    select
        "case",
        cast(period_start as date) as period_starts_on,
        cast(period_end as date) as period_ends_on
    from vector_rows

),

fills as (

    select
        "case",
        ingredient,
        cast(fill_date as date) as handed_out_on,
        cast(days_supply as integer) as supply_days
    from vector_rows_of_pdc_fills

),

supplies as (

    {{ carried_over('fills', ['"case"', 'ingredient']) }}

),

supplies_in_period as (

    {{ cut_to_periods('supplies', 'periods', ['"case"']) }}

),

covered as (

    {{ merged_into_eras('supplies_in_period', ['"case"'], longest_gap=0) }}

),

counted as (

    select
        periods."case",
        {{ days_from('periods.period_starts_on', 'periods.period_ends_on') }} + 1
            as days_in_period,
        coalesce(
            sum({{ days_from('covered.starts_on', 'covered.ends_on') }} + 1), 0
        ) as days_covered
    from periods
    left join covered on periods."case" = covered."case"
    group by periods."case", periods.period_starts_on, periods.period_ends_on

)

select
    "case",
    days_in_period,
    days_covered,
    {{ proportion_of_days_covered('days_covered', 'days_in_period') }} as pdc,
    case when {{ is_adherent('days_covered', 'days_in_period') }} then 1 else 0 end
        as adherent_80
from counted
