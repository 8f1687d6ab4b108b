{#-
    What the draws of a patient's blood show of what spoils a draw: each number that a
    limit speaks of, beside that of the draw before, and whether the limit is met. A draw is
    what was collected at one time. Two different numbers of one time, such as of the blood
    gas analyser and of the laboratory, are none.
-#}
with

trend_points as (

    select * from {{ ref('int_trend_points') }}
    where material_code = ''

),

spurious_draw_limits as (

    select * from {{ ref('spurious_draw_limits') }}

),

unit_spellings as (

    select * from {{ ref('unit_spellings') }}

),

limits as (

    select
        spurious_draw_limits.*,
        coalesce(unit_spellings.comparable_unit, '') as limit_unit
    from spurious_draw_limits
    left join unit_spellings
        on spurious_draw_limits.unit_ucum = unit_spellings.unit

),

in_sequence as (

    select
        *,
        lag(value_number) over of_series as value_before,
        lag(collected_at) over of_series as collected_before
    from trend_points
    window of_series as (
        partition by patient_key, analyte_code, unit
        order by collected_at
    )

),

with_nearness as (

    select
        *,
        value_before > 0
        and {{ seconds_between('collected_before', 'collected_at') }}
        <= {{ var('spurious_draw_hours') }} * 3600 as is_near
    from in_sequence

),

with_previous as (

    select
        *,
        case when is_near then value_before end as previous_value,
        case when is_near then collected_before end as previous_collected_at
    from with_nearness

),

compared as (

    select
        with_previous.patient_key,
        with_previous.collected_at,
        with_previous.analyte_code,
        with_previous.unit,
        with_previous.value_number,
        with_previous.previous_value,
        with_previous.previous_collected_at,
        limits.limit_code,
        limits.pattern_code,
        limits.role_code,
        limits.measure_code,
        limits.operator,
        limits.limit_number
        * case
            when limits.measure_code = 'ratio' then with_previous.previous_value
            else 1
        end as bound
    from with_previous
    inner join limits
        on with_previous.analyte_code = limits.analyte_code
    where
        with_previous.value_number is not null
        and case
            when limits.measure_code = 'ratio'
                then
                    with_previous.previous_value is not null
                    and with_previous.unit <> ''
            else with_previous.unit = limits.limit_unit
        end

)

select
    *,
    case operator
        when '<' then value_number < bound
        when '<=' then value_number <= bound
        when '>' then value_number > bound
        when '>=' then value_number >= bound
    end as is_met
from compared
