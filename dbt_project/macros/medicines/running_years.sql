{#-
    Incremental builds of what is reckoned by calendar year: of patients with news all years
    are made anew, and of all others those that were not over when the mart was built last,
    or are not over now. Today moves without any new fact, and a source that takes back a
    date in the future opens a year again.
-#}
{% macro only_touched_patients_or_running_years() -%}
    {%- if this and is_incremental() -%}
    where {{ is_touched_or_running() }}
    {%- endif -%}
{%- endmacro %}

{#-
    `as_of` of the mart is null where the year was over. No index serves both sides of the
    `or`, and a scan looks a list of patients up faster than it walks along an array.
-#}
{% macro is_touched_or_running() -%}
    patient_key in (select patient_key from {{ source('raw', 'building_patients') }})
    or calendar_year >= (
        select least(
            (
                select min(calendar_year) from {{ this }}
                where as_of is not null
            ),
            (select calendar_year from {{ ref('int_first_running_year') }})
        )
    )
{%- endmacro %}

{% macro get_incremental_touched_patients_or_running_years_sql(arg_dict) -%}
    {%- set columns = get_quoted_csv(
        arg_dict['dest_columns'] | map(attribute='name')
    ) -%}
    delete from {{ arg_dict['target_relation'] }}
    where {{ is_touched_or_running() }};

    insert into {{ arg_dict['target_relation'] }} ({{ columns }})
    select {{ columns }}
    from {{ arg_dict['temp_relation'] }}
{%- endmacro %}
