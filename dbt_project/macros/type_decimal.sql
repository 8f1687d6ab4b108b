{#-
    An exact decimal of any scale. dbt's own numeric type rounds to six places, and a
    troponin in ng/L needs more.
-#}
{% macro type_decimal() -%}
    {{ return(adapter.dispatch('type_decimal')()) }}
{%- endmacro %}

{% macro default__type_decimal() -%} decimal(38, 12) {%- endmacro %}

{% macro postgres__type_decimal() -%} numeric {%- endmacro %}
