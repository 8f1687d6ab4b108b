{# What one row states can be beyond any time: it must not end the build of all. #}
{% macro believable_supply(days) -%}
    case when abs({{ days }}) <= {{ var('longest_supply_days') }} then {{ days }} end
{%- endmacro %}
