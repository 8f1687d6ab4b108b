{#-
    Draws a random key for every row of a relation that has none yet, before the model
    reads them. Whoever has one keeps it, so keys are the same in every rebuild.
-#}
{% macro draw_research_keys(keys, relation, column) -%}
    insert into {{ source('identity', keys) }} ({{ column }})
    select {{ column }} from {{ relation }}
    on conflict do nothing
{%- endmacro %}

{#- The calendar year of a date, unless it lies before the first year that is shown. -#}
{% macro year_shown(date, first_year) -%}
    case
        when date_part('year', {{ date }}) >= {{ first_year }}
            then cast(date_part('year', {{ date }}) as integer)
    end
{%- endmacro %}

{% macro year_withheld(date, first_year) -%}
    case
        when {{ date }} is null then 'not_stated'
        when date_part('year', {{ date }}) < {{ first_year }} then 'too_long_ago'
    end
{%- endmacro %}

{#-
    A number as a measurement, or null where it could be an identifier: no method
    measures seven digits, but a telephone number or a date written as 20240131 has them.
    Decimals beyond what a laboratory reports are rounded away for the same reason.
-#}
{% macro measurement(number) -%}
    {{ without_trailing_zeros(rounded_measurement(number)) }}
{%- endmacro %}

{% macro rounded_measurement(number) -%}
    case
        when abs({{ number }}) >= 1000000
            then case when mod({{ number }}, 1000) = 0 then {{ number }} end
        when abs({{ number }}) >= 1000 then round({{ number }}, 2)
        when abs({{ number }}) >= 1 then round({{ number }}, 4)
        else round({{ number }}, 6)
    end
{%- endmacro %}

{#- PostgreSQL keeps as many decimals as it rounded to: 4.1 would read 4.1000. -#}
{% macro without_trailing_zeros(number) -%}
    {{ return(adapter.dispatch('without_trailing_zeros')(number)) }}
{%- endmacro %}

{% macro default__without_trailing_zeros(number) -%} {{ number }} {%- endmacro %}

{% macro postgres__without_trailing_zeros(number) -%}
    trim_scale({{ number }})
{%- endmacro %}

{#- Words as a list of SQL literals. -#}
{% macro quoted(words) -%}
    '{{ words | join("', '") }}'
{%- endmacro %}

{#- January 1 and December 31 of the year of an instant, at the hospital. -#}
{% macro first_day_of_year(instant) -%}
    cast(date_trunc('year', {{ local_date(instant) }}) as date)
{%- endmacro %}

{% macro last_day_of_year(instant) -%}
    cast(
        {{ first_day_of_year(instant) }} + interval '1 year' - interval '1 day' as date
    )
{%- endmacro %}

{#-
    Whether a fact's calendar year is over. A fact of a visit goes with its visit; one
    without a date is told only by a source that tells nothing new.
-#}
{% macro is_fact_closed(date) -%}
    case
        when encounters.visit_key is not null then encounters.is_closed
        else coalesce(
            {{ date }} < patients.closed_before_date, patients.is_historical
        )
    end
{%- endmacro %}
