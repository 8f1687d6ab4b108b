{#-
    Supplies one after the other: a refill of the same ingredient that is collected early
    starts on the day after the last covered day of what was collected before (PQA, PDC).
    The n-th supply starts on the latest of (date k + all supplies from k to n - 1), which
    is the running maximum of (date k - supplies before k) plus all supplies before n.

    The rows of `supplies`, which has `handed_out_on` and whole `supply_days` of 0 or more,
    with `starts_on` and `ends_on`, the first and the last covered day. One row per supply.
    A supply of 0 days ends on the day before it starts. One sort: both windows share it.
-#}
{% macro carried_over(supplies, keys) -%}
    select
        with_origin.*,
        {{ date_after('origin', 'days_before') }} as starts_on,
        {{ date_after('origin', 'days_before + supply_days - 1') }} as ends_on
    from (
        select
            with_days_before.*,
            max({{ date_after('handed_out_on', '-days_before') }}) over (
                {{ _in_order_of_collection(keys) }}
                rows between unbounded preceding and current row
            ) as origin
        from (
            select
                supplies.*,
                cast(
                    coalesce(sum(supply_days) over (
                        {{ _in_order_of_collection(keys) }}
                        rows between unbounded preceding and 1 preceding
                    ), 0) as integer
                ) as days_before
            from {{ supplies }} as supplies
        ) as with_days_before
    ) as with_origin
{%- endmacro %}

{% macro _in_order_of_collection(keys) -%}
    partition by {{ keys | join(', ') }}
    order by handed_out_on, supply_days
{%- endmacro %}

{#- Proportion of days covered, with six decimals; null without a day in the period. -#}
{% macro proportion_of_days_covered(days_covered, days_in_period) -%}
    round(
        cast({{ days_covered }} as {{ type_decimal() }})
        / nullif({{ days_in_period }}, 0), 6
    )
{%- endmacro %}

{#-
    Whether that proportion is at least `percent`: 80 for most classes, 90 for
    antiretrovirals (PQA). In whole numbers, so that exactly 80 percent is adherent.
-#}
{% macro is_adherent(days_covered, days_in_period, percent=80) -%}
    {{ days_covered }} * 100 >= {{ days_in_period }} * {{ percent }}
{%- endmacro %}

{#- Days without supply on a date: 0 on the last covered day and before it. -#}
{% macro days_late(last_covered_on, on_date) -%}
    greatest({{ days_from(last_covered_on, on_date) }}, 0)
{%- endmacro %}

{#-
    The covered days of `supplies` that lie within a period of the same `keys`: what
    lasts beyond its end is cut. One row per supply and period that it reaches.
-#}
{% macro cut_to_periods(supplies, periods, keys) -%}
    select
        {%- for key in keys %}
        periods.{{ key }},
        {%- endfor %}
        greatest(supplies.starts_on, periods.period_starts_on) as starts_on,
        least(supplies.ends_on, periods.period_ends_on) as ends_on
    from {{ periods }} as periods
    inner join {{ supplies }} as supplies
        on
            {%- for key in keys %}
            periods.{{ key }} = supplies.{{ key }}
            and
            {%- endfor %} periods.period_ends_on >= supplies.starts_on
            and periods.period_starts_on <= supplies.ends_on
{%- endmacro %}

{#- Whether a refill is overdue: later than the days of grace. -#}
{% macro is_overdue(days_late, grace_days) -%}
    {{ days_late }} > {{ grace_days }}
{%- endmacro %}

{#- Days that a span has in common with the hospital stays of CTE `nights`, summed. -#}
{% macro days_in_common(starts_on, ends_on) -%}
    sum({{ days_from(
        'greatest(' ~ starts_on ~ ', nights.starts_on)',
        'least(' ~ ends_on ~ ', nights.ends_on)'
    ) }} + 1)
{%- endmacro %}
