{#- The calendar day at the hospital; a bare cast would use the session's time zone. -#}
{% macro local_date(instant) -%}
    {{ return(adapter.dispatch('local_date')(instant)) }}
{%- endmacro %}

{% macro default__local_date(instant) -%}
    cast(from_utc_timestamp({{ instant }}, '{{ var("site_time_zone") }}') as date)
{%- endmacro %}

{% macro postgres__local_date(instant) -%}
    cast({{ instant }} at time zone '{{ var("site_time_zone") }}' as date)
{%- endmacro %}

{#- Completed years from a date of birth to another date. -#}
{% macro age_in_years(birth_date, on_date) -%}
    cast(
        date_part('year', {{ on_date }}) - date_part('year', {{ birth_date }})
        - case
            when
                date_part('month', {{ on_date }}) * 100 + date_part('day', {{ on_date }})
                < date_part('month', {{ birth_date }}) * 100
                + date_part('day', {{ birth_date }})
                then 1
            else 0
        end as integer
    )
{%- endmacro %}

{#- Seconds from one instant to another. -#}
{% macro seconds_between(earlier, later) -%}
    {{ return(adapter.dispatch('seconds_between')(earlier, later)) }}
{%- endmacro %}

{% macro default__seconds_between(earlier, later) -%}
    (unix_timestamp({{ later }}) - unix_timestamp({{ earlier }}))
{%- endmacro %}

{% macro postgres__seconds_between(earlier, later) -%}
    extract(epoch from {{ later }} - {{ earlier }})
{%- endmacro %}

{#- Whole days from one date to another; negative when they are reversed. -#}
{% macro days_from(earlier_date, later_date) -%}
    {{ return(adapter.dispatch('days_from')(earlier_date, later_date)) }}
{%- endmacro %}

{% macro default__days_from(earlier_date, later_date) -%}
    datediff({{ later_date }}, {{ earlier_date }})
{%- endmacro %}

{% macro postgres__days_from(earlier_date, later_date) -%}
    ({{ later_date }} - {{ earlier_date }})
{%- endmacro %}

{#- The date so many whole days after another. -#}
{% macro date_after(date, days) -%}
    {{ return(adapter.dispatch('date_after')(date, days)) }}
{%- endmacro %}

{% macro default__date_after(date, days) -%}
    date_add({{ date }}, {{ days }})
{%- endmacro %}

{% macro postgres__date_after(date, days) -%}
    ({{ date }} + {{ days }})
{%- endmacro %}

{#- The instant at which a calendar day begins at the hospital. -#}
{% macro start_of_day(date) -%}
    {{ return(adapter.dispatch('start_of_day')(date)) }}
{%- endmacro %}

{% macro default__start_of_day(date) -%}
    to_utc_timestamp({{ date }}, '{{ var("site_time_zone") }}')
{%- endmacro %}

{% macro postgres__start_of_day(date) -%}
    cast({{ date }} as timestamp) at time zone '{{ var("site_time_zone") }}'
{%- endmacro %}

{#- The thirty-first of December of a year. -#}
{% macro end_of_year(year) -%}
    make_date(cast({{ year }} as integer), 12, 31)
{%- endmacro %}

{#- The first of January of a year. -#}
{% macro start_of_year(year) -%}
    make_date(cast({{ year }} as integer), 1, 1)
{%- endmacro %}

{#- The date on which somebody born on a date is so many years old. -#}
{% macro date_of_age(birth_date, years) -%}
    cast({{ birth_date }} + interval '{{ years }} years' as date)
{%- endmacro %}
