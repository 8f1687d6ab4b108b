{#-
    Seconds of each step of each result, once per period that it falls into. A step whose
    times are not both told, or that ends before it begins, has none: it is counted and
    never taken for a quick one. A period ends with the source's today and looks back by
    when the specimen was taken. Priorities are told in words of our own: what a source
    sends may be any text, and whoever reads counts sees no text of a patient.
-#}
{%- set priorities = [
    ('stat', ['stat', 's']),
    ('asap', ['asap', 'a']),
    ('urgent', ['urgent', 'u']),
    ('routine', ['routine', 'r']),
] -%}
{%- set steps = [
    ('ordered_to_collected', 'ordered_at', 'collected_at'),
    ('collected_to_received', 'collected_at', 'received_at'),
    ('received_to_first', 'received_at', 'first_resulted_at'),
    ('collected_to_first', 'collected_at', 'first_resulted_at'),
    ('collected_to_final', 'collected_at', 'final_resulted_at'),
    ('ordered_to_final', 'ordered_at', 'final_resulted_at'),
] -%}
with

turnarounds as (

    select * from {{ ref('fct_lab_turnarounds') }}
    where state_code not in ('withdrawn', 'cancelled')

),

source_as_of as (

    select * from {{ ref('stg_source_as_of') }}

),

in_steps as (

    {%- for step, begins, ends in steps %}
        {% if not loop.first %}union all{% endif %}
        select
            '{{ step }}' as step_code,
            source_system,
            analyte_code,
            case
                when priority_code is null then 'not_told'
                {%- for priority, spellings in priorities %}
                    when lower(priority_code) in ('{{ spellings | join("', '") }}')
                        then '{{ priority }}'
                {%- endfor %}
                else 'other'
            end as priority_code,
            lab_result_key,
            collected_at,
            case
                when {{ begins }} is null or {{ ends }} is null then 'untimed'
                when {{ ends }} < {{ begins }} then 'reversed'
                else 'timed'
            end as timing_code,
            case
                when {{ ends }} >= {{ begins }}
                    then cast(ceil({{ seconds_between(begins, ends) }}) as bigint)
            end as step_seconds
        from turnarounds
    {%- endfor %}

),

in_periods as (

    select
        in_steps.*,
        'all' as period_code
    from in_steps
    {%- for period, days in [('30_days', 30), ('365_days', 365)] %}
        union all
        select
            in_steps.*,
            '{{ period }}' as period_code
        from in_steps
        inner join source_as_of
            on in_steps.source_system = source_as_of.source_system
        where
            in_steps.collected_at <= source_as_of.as_of
            and {{ seconds_between('in_steps.collected_at', 'source_as_of.as_of') }}
            <= {{ days }} * 86400
    {%- endfor %}

),

placed as (

    select
        *,
        row_number() over (
            partition by
                source_system,
                period_code,
                step_code,
                analyte_code,
                priority_code,
                timing_code
            order by step_seconds asc, lab_result_key asc
        ) as place,
        count(*) over (
            partition by
                source_system,
                period_code,
                step_code,
                analyte_code,
                priority_code,
                timing_code
        ) as results_count
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
    timing_code = 'timed' and place = ceil(0.5 * results_count) as is_median,
    timing_code = 'timed' and place = ceil(0.9 * results_count) as is_ninetieth
from placed
