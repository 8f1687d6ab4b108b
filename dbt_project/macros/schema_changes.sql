{#-
    Which columns changed their type since a mart was made. The contract fixes the
    precision of a decimal; the rows of an incremental build come without one and get it
    when they are inserted. dbt's own comparison takes that for a change of type.
-#}
{% macro postgres__diff_column_data_types(source_columns, target_columns) %}
    {%- set changes = [] -%}
    {%- for new in source_columns -%}
        {%- for old in target_columns
            if old.name == new.name
            and old.dtype != new.dtype
            and not new.can_expand_to(other_column=old) -%}
            {%- do changes.append(
                {'column_name': old.name, 'new_type': new.data_type}
            ) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(changes) }}
{% endmacro %}
