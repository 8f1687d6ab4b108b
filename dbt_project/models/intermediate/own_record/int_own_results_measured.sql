{#-
    Whether a result lies only a little outside its range: beyond the limit by no more
    than a tenth of the width of the range and no more than a tenth of the limit. The
    second bound is for wide ranges: in 0.4 to 4.0 a value of 0.1 is within a tenth of
    the width, and no small step at all. A range with one limit has the second bound
    only, and that can be far: a sodium of 122 lies within a tenth of "135 or more". So
    such a range calls a step little only of the few tests listed for it.

    "A little" calms, so it needs everything to be sure: a final number, the range that
    it was judged by, no sign from the laboratory that it is more than high or low, and
    a test of which somebody has said that small steps do not matter. A critical result
    is never a little outside, however close the limit.
-#}
{%- set little = '0.1' -%}

with

lab_results as (

    select * from {{ ref('int_own_results_named') }}

),

with_range as (

    select
        *,
        case
            when displayed_flag_source = 'site_range' then 'site'
            when displayed_flag_source = 'default_range' then 'usual_for_age'
            when reference_low > reference_high then null
            when coalesce(reference_low, reference_high) is not null then 'sent'
        end as range_basis_code,
        case
            when displayed_flag_source in ('site_range', 'default_range')
                then default_low
            when reference_low > reference_high then null
            else reference_low
        end as range_low,
        case
            when displayed_flag_source in ('site_range', 'default_range')
                then default_high
            when reference_low > reference_high then null
            else reference_high
        end as range_high
    from lab_results

),

with_distance as (

    select
        *,
        case displayed_flag
            when 'HIGH' then value_number - range_high
            when 'LOW' then range_low - value_number
        end as distance,
        case displayed_flag
            when 'HIGH' then abs(range_high)
            when 'LOW' then abs(range_low)
        end as limit_size
    from with_range

),

measured as (

    select
        *,
        coalesce(
            is_usable
            and not is_never_a_little
            and (
                is_little_by_one_limit
                or (range_low is not null and range_high is not null)
            )
            and displayed_flag_source in (
                'delivered_range', 'site_range', 'default_range'
            )
            and (
                laboratory_flag is null or interpretation_code in ('H', 'L', 'A', 'N')
            )
            and distance >= 0
            and distance <= {{ little }} * limit_size
            and distance
            <= {{ little }} * coalesce(range_high - range_low, limit_size),
            false
        ) as is_a_little_outside
    from with_distance

)

select * from measured
