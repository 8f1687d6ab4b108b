{#- Hours from one instant to another with two decimals; negative when they are reversed. -#}
{% macro hours_between(started_at, ended_at) -%}
    {{ return(adapter.dispatch('hours_between')(started_at, ended_at)) }}
{%- endmacro %}

{% macro default__hours_between(started_at, ended_at) -%}
    cast(
        (unix_timestamp({{ ended_at }}) - unix_timestamp({{ started_at }})) / 3600.0
        as decimal(12, 2)
    )
{%- endmacro %}

{% macro postgres__hours_between(started_at, ended_at) -%}
    cast(extract(epoch from {{ ended_at }} - {{ started_at }}) / 3600 as numeric(12, 2))
{%- endmacro %}

{#- Calendar days at the hospital from one instant to another; 0 on the same day. -#}
{% macro days_between(started_at, ended_at) -%}
    {{ return(adapter.dispatch('days_between')(started_at, ended_at)) }}
{%- endmacro %}

{% macro default__days_between(started_at, ended_at) -%}
    datediff({{ local_date(ended_at) }}, {{ local_date(started_at) }})
{%- endmacro %}

{% macro postgres__days_between(started_at, ended_at) -%}
    {{ local_date(ended_at) }} - {{ local_date(started_at) }}
{%- endmacro %}
