{#-
    How many results took how many seconds for each step, once per period that they fall
    into. A step whose times are not both told, or that ends before it begins, has none: it
    is counted and never taken for a quick one. A period ends with the source's today and looks back by
    when the specimen was taken. Priorities are told in words of our own: what a source
    sends may be any text, and whoever reads counts sees no text of a patient.
-#}
{%- set priorities = [
    ('stat', "'stat', 's'"),
    ('asap', "'asap', 'a'"),
    ('urgent', "'urgent', 'u'"),
    ('routine', "'routine', 'r'"),
] -%}
{%- set steps = [
    ('ordered_to_collected', 'ordered_at', 'collected_at'),
    ('collected_to_received', 'collected_at', 'received_at'),
    ('received_to_first', 'received_at', 'first_resulted_at'),
    ('collected_to_first', 'collected_at', 'first_resulted_at'),
    ('collected_to_final', 'collected_at', 'final_resulted_at'),
    ('ordered_to_final', 'ordered_at', 'final_resulted_at'),
] -%}
{%- set periods = [30, 365] -%}
with

turnarounds as (

    select
        *,
        case
            when priority_code is null then 'not_told'
            {%- for priority, spellings in priorities %}
                when lower(priority_code) in ({{ spellings }})
                    then '{{ priority }}'
            {%- endfor %}
            else 'other'
        end as told_priority_code
    from {{ ref('fct_lab_turnarounds') }}
    where state_code not in ('withdrawn', 'cancelled')

),

source_as_of as (

    select * from {{ ref('stg_source_as_of') }}

),

-- Days since the specimen was taken; null where that is not told, or lies ahead.
with_days as (

    select
        turnarounds.*,
        case
            when turnarounds.collected_at <= source_as_of.as_of
                then {{ seconds_between(
                    'turnarounds.collected_at', 'source_as_of.as_of'
                ) }} / 86400
        end as days_ago
    from turnarounds
    left join source_as_of
        on turnarounds.source_system = source_as_of.source_system

),

in_steps as (

    {%- for step, begins, ends in steps %}
        {% if not loop.first %}union all{% endif %}
        select
            '{{ step }}' as step_code,
            source_system,
            analyte_code,
            told_priority_code as priority_code,
            days_ago,
            case
                when {{ begins }} is null or {{ ends }} is null then 'untimed'
                when {{ ends }} < {{ begins }} then 'reversed'
                else 'timed'
            end as timing_code,
            case
                when {{ ends }} >= {{ begins }}
                    then cast(ceil({{ seconds_between(begins, ends) }}) as bigint)
            end as step_seconds
        from with_days
    {%- endfor %}

),

counted as (

    select
        source_system,
        step_code,
        analyte_code,
        priority_code,
        timing_code,
        step_seconds,
        {%- for days in periods %}
            count(case when days_ago <= {{ days }} then 1 end) as count_{{ days }}_days,
        {%- endfor %}
        count(*) as count_all
    from in_steps
    group by
        source_system,
        step_code,
        analyte_code,
        priority_code,
        timing_code,
        step_seconds

),

in_periods as (

    select
        counted.*,
        'all' as period_code,
        counted.count_all as results_count
    from counted
    {%- for days in periods %}
        union all
        select
            counted.*,
            '{{ days }}_days' as period_code,
            counted.count_{{ days }}_days as results_count
        from counted
        where counted.count_{{ days }}_days > 0
    {%- endfor %}

),

placed as (

    select
        *,
        sum(results_count) over (
            partition by
                source_system,
                period_code,
                step_code,
                analyte_code,
                priority_code,
                timing_code
            order by step_seconds asc
            rows between unbounded preceding and current row
        ) as last_place,
        sum(results_count) over (
            partition by
                source_system,
                period_code,
                step_code,
                analyte_code,
                priority_code,
                timing_code
        ) as places_count
    from in_periods

)

select
    source_system,
    period_code,
    step_code,
    analyte_code,
    priority_code,
    timing_code,
    step_seconds,
    results_count,
    timing_code = 'timed'
    and last_place >= ceil(0.5 * places_count)
    and last_place - results_count < ceil(0.5 * places_count)
        as is_median,
    timing_code = 'timed'
    and last_place >= ceil(0.9 * places_count)
    and last_place - results_count < ceil(0.9 * places_count)
        as is_ninetieth
from placed
