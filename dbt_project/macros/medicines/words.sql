{#- A text as small words, one blank before and after each: what stands between is gone. -#}
{% macro words_apart(text) -%}
    ' ' || translate(lower({{ text }}), ',;:/()[]-.', '          ') || ' '
{%- endmacro %}
