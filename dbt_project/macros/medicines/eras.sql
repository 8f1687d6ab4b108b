{#-
    Last date of one exposure (OMOP CDM 5.4, drug_era): as it is given, else the date that
    the supply lasts to, else the day after. An end before the beginning is an error of
    the source: the exposure ends where it began.
-#}
{% macro exposure_end(starts_on, ends_on, days_supply) -%}
    greatest(
        coalesce(
            {{ ends_on }},
            {{ date_after(starts_on, 'nullif(' ~ days_supply ~ ', 0)') }},
            {{ date_after(starts_on, 1) }}
        ),
        {{ starts_on }}
    )
{%- endmacro %}

{#-
    Exposures merged into eras: an era goes on while the next exposure starts at most
    `longest_gap` days after the latest end so far: 30 for an OMOP drug era; for covered
    days 0, so that no day counts twice, or 1, so that what follows the next day is one
    interval. The days are the same.

    One row per `keys` and era: `era_number`, `starts_on`, `ends_on`, `exposures_count`,
    `gap_days` (the gaps inside, summed), and what `aggregates` say. Order, repetition and
    ties of the rows change nothing but the count. One sort: both windows share it.
-#}
{% macro merged_into_eras(exposures, keys, longest_gap, aggregates=[]) -%}
    select
        {{ keys | join(', ') }},
        era_number,
        min(starts_on) as starts_on,
        max(ends_on) as ends_on,
        count(*) as exposures_count,
        sum(case when is_continued then greatest(days_since_last_end, 0) else 0 end)
            as gap_days
        {%- for aggregate in aggregates %},
        {{ aggregate }}
        {%- endfor %}
    from (
        select
            with_gap.*,
            sum(case when is_continued then 0 else 1 end) over (
                partition by {{ keys | join(', ') }}
                order by starts_on, ends_on
                rows between unbounded preceding and current row
            ) as era_number
        from (
            select
                with_last_end.*,
                coalesce(days_since_last_end <= {{ longest_gap }}, false) as is_continued
            from (
                select
                    exposures.*,
                    {{ days_from(_latest_end_before(keys), 'starts_on') }}
                        as days_since_last_end
                from {{ exposures }} as exposures
            ) as with_last_end
        ) as with_gap
    ) as numbered
    group by {{ keys | join(', ') }}, era_number
{%- endmacro %}

{% macro _latest_end_before(keys) -%}
    max(ends_on) over (
        partition by {{ keys | join(', ') }}
        order by starts_on, ends_on
        rows between unbounded preceding and 1 preceding
    )
{%- endmacro %}

{#- Whether an exposure counts: a supply of fewer than no days is an error (OMOP). -#}
{% macro is_supply_possible(days_supply) -%}
    coalesce({{ days_supply }}, 0) >= 0
{%- endmacro %}

{#- Days that a dispense lasts: half a tablet for tomorrow covers no day. -#}
{% macro whole_days_of_supply(days_supply) -%}
    cast(floor({{ believable_supply(days_supply) }}) as integer)
{%- endmacro %}

{#-
    Whether a dispense tells what was taken: one outside the hospital that says how long
    it lasts, and one of an order that is not known. On a ward, what a pharmacy hands out
    says little of what is taken.
-#}
{% macro is_dispense_counted(days_supply, is_order_known, is_inpatient_order) -%}
    {{ is_supply_possible(days_supply) }}
    and (
        not {{ is_order_known }}
        or (
            {{ days_supply }} is not null
            and not {{ is_inpatient_order }}
        )
    )
{%- endmacro %}
