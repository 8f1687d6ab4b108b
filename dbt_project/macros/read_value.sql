{#- The value of a result to read: its text, else the number that came without text. -#}
{% macro read_value(value_text='value_text', value_number='value_number') -%}
    coalesce({{ value_text }}, cast({{ value_number }} as {{ dbt.type_string() }}))
{%- endmacro %}
