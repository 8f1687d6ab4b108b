{#-
    How long critical results wait until somebody says that they were seen: counts in
    bands for staff who see no patient. Those without a clock are counted beside it and
    never taken for quick ones.
-#}
{%- set bands = clock_bands() | map(attribute=0) | list + ['later'] -%}
with

timed as (

    select * from {{ ref('int_critical_results_timed') }}

),

names_counted as (

    select
        source_system,
        analyte_code,
        test_name,
        count(*) as results_count
    from timed
    group by source_system, analyte_code, test_name

),

names_ranked as (

    select
        *,
        row_number() over (
            partition by source_system, analyte_code
            order by
                case when test_name is null then 1 else 0 end,
                results_count desc,
                test_name asc
        ) as place_from_most
    from names_counted

),

counted as (

    select
        source_system,
        scope_code,
        analyte_code,
        count(*) as critical_count,
        {%- for state in ['acknowledged', 'open'] %}
            {%- for band in bands %}
                sum(
                    case
                        when
                            clock_state_code = '{{ state }}'
                            and clock_band_code = '{{ band }}'
                            then 1
                        else 0
                    end
                ) as {{ state }}_{{ band }}_count,
            {%- endfor %}
        {%- endfor %}
        {%- for state in [
            'acknowledged', 'open', 'unclear', 'first_load_acknowledged',
            'first_load_open'
        ] %}
            sum(case when clock_state_code = '{{ state }}' then 1 else 0 end)
                as {{ state }}_count,
        {%- endfor %}
        max(case when is_median then clock_seconds end) as median_seconds,
        max(case when is_ninetieth then clock_seconds end) as ninetieth_seconds,
        max(case when clock_state_code = 'open' then clock_seconds end)
            as longest_open_seconds
    from timed
    group by source_system, scope_code, analyte_code

)

select
    -- of what
    counted.source_system,
    counted.scope_code,
    counted.analyte_code,
    names_ranked.test_name as analyte_name,
    counted.critical_count,

    -- acknowledged
    counted.acknowledged_count,
    {%- for band in bands %}
        counted.acknowledged_{{ band }}_count,
    {%- endfor %}
    cast(counted.median_seconds / 60.0 as numeric(12, 1)) as median_minutes,
    cast(counted.ninetieth_seconds / 60.0 as numeric(12, 1)) as ninetieth_minutes,

    -- still open
    counted.open_count,
    {%- for band in bands %}
        counted.open_{{ band }}_count,
    {%- endfor %}
    cast(counted.longest_open_seconds / 60.0 as numeric(12, 1)) as longest_open_minutes,

    -- without a clock
    counted.unclear_count,
    counted.first_load_acknowledged_count,
    counted.first_load_open_count

from counted
left join names_ranked
    on
        counted.source_system = names_ranked.source_system
        and counted.analyte_code = names_ranked.analyte_code
        and names_ranked.place_from_most = 1
