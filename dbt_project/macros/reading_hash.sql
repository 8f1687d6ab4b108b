{#-
    One digest of several expressions. Each is written behind its length, and what is
    null as a dash, so that no two lists of values give the same text.
-#}
{% macro digest_of(expressions) -%}
    {%- set parts = [] -%}
    {%- for expression in expressions -%}
        {%- set text = 'cast(' ~ expression ~ ' as ' ~ dbt.type_string() ~ ')' -%}
        {%- set length = 'cast(length(' ~ text ~ ') as ' ~ dbt.type_string() ~ ')' -%}
        {%- do parts.append(
            'coalesce(' ~ length ~ " || ':' || " ~ text ~ ", '-')"
        ) -%}
    {%- endfor -%}
    {{ dbt.hash(parts | join('\n        || ')) }}
{%- endmacro %}

{#- A number with one spelling: 3.50 and 3.5 read the same. -#}
{% macro one_spelling(number) -%}
    round({{ number }}, 12)
{%- endmacro %}
