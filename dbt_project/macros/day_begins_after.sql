{#- The instant at which, some calendar days after another, a day begins at the hospital. -#}
{% macro day_begins_after(instant, days) -%}
    {{ return(adapter.dispatch('day_begins_after')(instant, days)) }}
{%- endmacro %}

{% macro default__day_begins_after(instant, days) -%}
    to_utc_timestamp(
        date_add({{ local_date(instant) }}, {{ days }}), '{{ var("site_time_zone") }}'
    )
{%- endmacro %}

{% macro postgres__day_begins_after(instant, days) -%}
    cast({{ local_date(instant) }} + {{ days }} as timestamp)
    at time zone '{{ var("site_time_zone") }}'
{%- endmacro %}
