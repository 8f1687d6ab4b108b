{#-
    Lists of what sources wrote, each text once for all facts that say it alike. A build of
    the news reads what the patients touched say and adds what the list does not have yet.
    A list that was emptied is read from everybody: so an erasure leaves no text behind
    (`pipelines/lists_of_texts.py` knows the lists).
-#}
{% macro of_texts_not_read() -%}
    {%- if goes_on_from_earlier_texts() -%} where {{ is_touched_patient() }} {%- endif -%}
{%- endmacro %}

{% macro not_listed_yet(key, keyword='where') -%}
    {%- if goes_on_from_earlier_texts() -%}
    {{ keyword }} {{ key }} not in (select {{ key }} from {{ this }})
    {%- endif -%}
{%- endmacro %}

{% macro goes_on_from_earlier_texts() -%}
    {%- if execute and this and is_incremental() -%}
    {{ return(run_query('select 1 from ' ~ this ~ ' limit 1') | length > 0) }}
    {%- endif -%}
    {{ return(false) }}
{%- endmacro %}
