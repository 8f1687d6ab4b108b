{#-
    Whether an abnormal result is old news. It is when its run began with a result that
    somebody acknowledged; or when the same flag was reported so often, for so long, that
    it is a chronic state: nobody calls the fourth high cholesterol in three years new.

    And whether it can be shown to be like the others of its run: the same words, or
    plain numbers in one unit of which this one is no quarter as far again from healthy as
    the mildest. A creatinine of 3.9 after 1.4 is high after high, and not stable.

    A ratio says nothing of what the body holds within narrow limits: sodium 134 and 121
    are ten percent apart. So where both limits are known, none of the run may be more
    than a quarter of their distance away either.
-#}
with

lab_results as (

    select
        *,
        case
            when
                displayed_flag_source not in ('site_range', 'default_range')
                and reference_high > reference_low
                then reference_high - reference_low
            when default_high > default_low then default_high - default_low
        end as range_width
    from {{ ref('int_lab_results_in_sequence') }}

),

with_stability as (

    select
        *,
        (is_run_acknowledged and place_in_run > 1)
        or (
            days_in_run >= {{ var('long_standing_minimum_results') }}
            and {{ seconds_between('run_began_at', 'collected_at') }}
            > {{ var('long_standing_days') }} * 86400
        ) as is_known_state,
        coalesce(is_one_value_in_run and is_one_unit_in_run, false)
        or coalesce(
            numbers_in_run = place_in_run
            and is_one_unit_in_run
            and (
                displayed_flag = 'LOW'
                or (
                    value_number < lowest_in_run * {{ var('stable_ratio') }}
                    and (
                        range_width is null
                        or value_number - lowest_in_run
                        <= range_width * {{ var('stable_share_of_range') }}
                    )
                )
            )
            and (
                displayed_flag = 'HIGH'
                or (
                    value_number * {{ var('stable_ratio') }} > highest_in_run
                    and (
                        range_width is null
                        or highest_in_run - value_number
                        <= range_width * {{ var('stable_share_of_range') }}
                    )
                )
            ),
            false
        ) as is_like_its_run
    from lab_results

)

select * from with_stability
