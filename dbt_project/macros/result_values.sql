{#-
    Reading a result's value from its text. A number may carry a comparator before it, a
    flag behind it, thousands separators in groups of three, and an exponent. Everything
    else stays words: a unit behind the number, a decimal comma, two numbers.
-#}
{% macro number_pattern() -%}
    [+-]?([0-9]{1,3}(,[0-9]{3})+([.][0-9]*)?|[0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-9]{1,2})?
{%- endmacro %}

{#- Text with one spelling of comparators and dashes, single blanks dropped after them. -#}
{% macro normalized_value(text) -%}
    replace(replace(replace(replace(replace(
        {{ text }}, '≤', '<='), '≥', '>='), '> =', '>='), '< =', '<='), '–', '-')
{%- endmacro %}

{% macro value_kind(text) -%}
    case
        when {{ text }} is null then 'missing'
        when regexp_like({{ text }}, '^([<>]=?)? *{{ number_pattern() }}$') then 'numeric'
        when
            regexp_like(
                {{ text }},
                '^([<>]=?)? *{{ number_pattern() }} *([HL]{1,2}|A{1,2}|N|[*]{1,2})$'
            )
            then 'numeric_with_flag'
        when regexp_like({{ text }}, '^[0-9]+[.]?[0-9]* *(-|to) *[0-9]+[.]?[0-9]*$')
            then 'range'
        when regexp_like({{ text }}, '^([<>]=?)? *1 *: *[0-9]+$') then 'titer'
        else 'text'
    end
{%- endmacro %}

{% macro value_comparator(text) -%}
    case
        when {{ text }} like '<=%' then '<='
        when {{ text }} like '>=%' then '>='
        when {{ text }} like '<%' then '<'
        when {{ text }} like '>%' then '>'
    end
{%- endmacro %}

{#- The number of a text whose kind is numeric or numeric_with_flag. -#}
{% macro value_as_number(text) -%}
    cast(
        replace(regexp_substr({{ text }}, '{{ number_pattern() }}'), ',', '')
        as {{ type_decimal() }}
    )
{%- endmacro %}
