{# What one row states can be beyond any time: it must not end the build of all. #}
{% macro believable_supply(days) -%}
    case when abs({{ days }}) <= {{ var('longest_supply_days') }} then {{ days }} end
{%- endmacro %}

{#- When a supply and its grace are over; a day of supply where none is told. -#}
{% macro supply_and_grace_end(handed_out_at, supply_days) -%}
    {{ handed_out_at }}
    + (
        coalesce({{ supply_days }}, 1) + {{ var('supply_grace_days') }}
    ) * interval '1 day'
{%- endmacro %}
