{#-
    A column that nobody reads, for the last place of a sub-query whose expressions are
    used many times. PostgreSQL would copy each expression to every place that mentions
    it, and run a regular expression again in each; it never copies out of
    a sub-query with a window. Since nobody reads the column, the window itself is never
    computed, and a filter on patients passes because it partitions by them.
-#}
{% macro evaluated_once(step, patient_key='patient_key') -%}
    row_number() over (partition by {{ patient_key }}) as {{ step }}_fence
{%- endmacro %}
