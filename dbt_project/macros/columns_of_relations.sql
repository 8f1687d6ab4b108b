{#-
    The columns of a relation, from the catalogue's own tables. dbt asks three times for
    each model that is built by patients, and the view that it asks, of the information
    schema, takes 17 ms to answer, where this takes half of one: a quarter of the server's
    time in a build of few patients (2.7 of 9.7 s).
-#}
{% macro postgres__get_columns_in_relation(relation) -%}
    {% call statement('get_columns_in_relation', fetch_result=True) %}
        select
            attname as column_name,
            case
                when format_type(atttypid, null) like '%[]' then 'ARRAY'
                else format_type(atttypid, null)
            end as data_type,
            information_schema._pg_char_max_length(
                atttypid, atttypmod
            ) as character_maximum_length,
            information_schema._pg_numeric_precision(
                atttypid, atttypmod
            ) as numeric_precision,
            information_schema._pg_numeric_scale(
                atttypid, atttypmod
            ) as numeric_scale
        from pg_catalog.pg_attribute
        where
            attrelid = to_regclass('{{ relation.include(database=false) }}')
            and attnum > 0
            and not attisdropped
        order by attnum
    {% endcall %}
    {%- set answer = load_result('get_columns_in_relation') -%}
    {{ return(sql_convert_columns_in_relation(answer.table)) }}
{%- endmacro %}
