{#-
    Readable key of a fact, or of a reference to one: `source_system:record id`. Null
    where the reference is empty. Record ids are unique only within their source.
-#}
{% macro fact_key(id_column='record_id', source_system='source_system') -%}
    {{ source_system }} || ':' || nullif(trim({{ id_column }}), '')
{%- endmacro %}
