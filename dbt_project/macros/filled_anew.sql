{#-
    Hook of a list that is read anew in each build: it is emptied and filled, not exchanged.
    A table that is exchanged takes every view of it away, and they would all be made again
    in each build of the news.
-#}
{% macro emptied_before() -%}
    {%- if is_incremental() -%} delete from {{ this }} {%- endif -%}
{%- endmacro %}
