{#-
    Incremental builds work by patient: whoever is on the list fixed at the start of the
    build is deleted from the mart and inserted anew. dbt's own delete+insert deletes
    only keys among the new rows, so the last result that a laboratory withdraws would
    stay for ever.
-#}
{% macro get_incremental_touched_patients_sql(arg_dict) -%}
    {%- set columns = get_quoted_csv(
        arg_dict['dest_columns'] | map(attribute='name')
    ) -%}
    delete from {{ arg_dict['target_relation'] }}
    where {{ is_touched_patient() }};

    insert into {{ arg_dict['target_relation'] }} ({{ columns }})
    select {{ columns }}
    from {{ arg_dict['temp_relation'] }}
{%- endmacro %}

{#-
    Filter of an import CTE: `select * from … {{ only_touched_patients() }}`. Empty in a
    full build. Every import CTE with patients carries it, before any window or join.
    In a unit test there is no `this`, and no incremental build either.
-#}
{% macro only_touched_patients(keyword='where') -%}
    {%- if this and is_incremental() -%}{{ keyword }} {{ is_touched_patient() }}{%- endif -%}
{%- endmacro %}

{% macro is_touched_patient(column='patient_key') -%}
    {{ return(adapter.dispatch('is_touched_patient')(column)) }}
{%- endmacro %}

{% macro default__is_touched_patient(column) -%}
    {{ column }} in (
        select patient_key from {{ source('raw', 'building_patients') }}
    )
{%- endmacro %}

{#-
    PostgreSQL turns `in (select …)` into a join, which never passes a window function.
    An array from an uncorrelated sub-query is a plain condition and reaches the index.
-#}
{% macro postgres__is_touched_patient(column) -%}
    {{ column }} = any (
        (
            select coalesce(array_agg(patient_key), '{}')
            from {{ source('raw', 'building_patients') }}
        )::bigint[]
    )
{%- endmacro %}
