{#-
    Reading a result's value from its text. A number may carry a comparator before it, a
    flag behind it, thousands separators in groups of three, and an exponent. Everything
    else stays words: a unit behind the number, a decimal comma, two numbers. No number
    with thousands begins with 0: `0,350` is a decimal comma, not 350.
-#}
{% macro number_pattern() -%}
    [+-]?([1-9][0-9]{0,2}(,[0-9]{3})+([.][0-9]*)?|[0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-9]{1,2})?
{%- endmacro %}

{#- Text with one spelling of comparators and dashes, single blanks dropped after them. -#}
{% macro normalized_value(text) -%}
    replace(replace(replace(replace(replace(
        {{ text }}, '≤', '<='), '≥', '>='), '> =', '>='), '< =', '<='), '–', '-')
{%- endmacro %}

{#-
    One comma before one or two last digits can only be a decimal one: `7,1` is 7.1.
    Before three it may part thousands, and `0,350` stays words.
-#}
{% macro decimal_comma_as_point(text) -%}
    regexp_replace(
        {{ text }},
        '^([<>]=? *)?([+-]?[0-9]+),([0-9]{1,2})( *[HLAN*]{1,2})?$',
        '\1\2.\3\4'
    )
{%- endmacro %}

{#- A number in another unit; only temperature and HbA1c have an increment. -#}
{% macro converted(number, factor, increment) -%}
    {{ number }} * {{ factor }} + {{ increment }}
{%- endmacro %}

{#- The same the other way: from the unit that it leads to. -#}
{% macro converted_back(number, factor, increment) -%}
    ({{ number }} - {{ increment }}) / {{ factor }}
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

{#- The flag behind the number of a text whose kind is numeric_with_flag. -#}
{% macro value_flag(text) -%}
    regexp_substr({{ text }}, '[HLAN*]+$')
{%- endmacro %}

{#-
    A code system is LOINC by any of its names: ours, HL7 v2's (table 0396), FHIR's, its
    object identifier.
-#}
{% macro is_loinc(code_system) -%}
    upper({{ code_system }}) in (
        'LOINC', 'LN', 'HTTP://LOINC.ORG', '2.16.840.1.113883.6.1'
    )
{%- endmacro %}
