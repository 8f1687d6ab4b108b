{#-
    Settings of one model's transaction. With two dbt threads on two cores, parallel
    workers only take turns (measured: 10.8 s without, 13.3 s with). Nested loops are off:
    the planner takes "newest version" for one row in 200 and then loops over every
    patient for every result (160 of 203 s at 1 million results and 1,000 patients). A
    build of the news knows some ten patients too few, and would merge by the patient alone
    (2.4 instead of 1.3 s for the dispenses of 328 patients): it joins by hash.
-#}
{% macro session_settings() -%}
    {{ return(adapter.dispatch('session_settings')()) }}
{%- endmacro %}

{% macro default__session_settings() -%}{%- endmacro %}

{% macro postgres__session_settings() -%}
    set local max_parallel_workers_per_gather = 0;
    set local jit = off;
    set local enable_nestloop = off;
    {%- if is_incremental() %}
    set local enable_mergejoin = off;
    {%- endif %}
    set local work_mem = '64MB'
{%- endmacro %}
