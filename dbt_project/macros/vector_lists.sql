{#-
    The rows of `vector_rows`, one per entry of a column that holds a list in one text.
    No case has a list of more than twelve.
-#}
{% macro one_row_per_entry(column, entry_name, separator) -%}
    select
        vector_rows.id,
        trim(split_part(vector_rows.{{ column }}, '{{ separator }}', places.place))
            as {{ entry_name }}
    from vector_rows
    cross join (
        values (1), (2), (3), (4), (5), (6), (7), (8), (9), (10), (11), (12)
    ) as places (place)
    where
        trim(split_part(vector_rows.{{ column }}, '{{ separator }}', places.place)) <> ''
{%- endmacro %}

{#- One part of an entry whose parts are divided by `|`; null where there is none. -#}
{% macro list_part(entry, place) -%}
    nullif(trim(split_part({{ entry }}, '|', {{ place }})), '')
{%- endmacro %}
