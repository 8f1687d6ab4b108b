{#-
    A result against the range delivered with it, and against the site's range, else the
    default range, under that range's own name. NORMAL needs a usable number and a range that applies; all
    else is INDETERMINATE with the first reason that holds. A value that is not final is
    judged all the same, since a critical one cannot wait; but it is never NORMAL.

    Where two limits are kept that disagree (a glucose of which nobody says whether the
    patient had fasted), a value between them is not judged.
-#}
with

lab_results as (

    select * from {{ ref('int_lab_results_with_limits') }}

),

with_chosen_range as (

    select
        *,
        case
            when is_withdrawn then 'status_not_usable'
            when antibiotic_name is not null then 'susceptibility'
            when organism_name is not null then 'organism'
            when is_contradicted then 'text_and_number_disagree'
            when value_kind = 'missing' then 'no_value'
            when value_kind = 'not_performed' then 'not_performed'
            when value_kind = 'range' then 'range_of_values'
            when value_kind not in ('numeric', 'numeric_with_flag')
                then 'not_a_number'
        end as value_reason,
        case when known_sex_code = 'male' then male_low else female_low end
            as default_low,
        case when known_sex_code = 'male' then male_high else female_high end
            as default_high,
        range_unit is not null
        and is_range_unit
        and (is_adult or is_site_range or is_child_range) as is_default_applicable,
        {{ evaluated_once('range') }}
    from lab_results

),

flagged as (

    select
        *,
        case
            when value_reason is not null then 'INDETERMINATE'
            when reference_low is null and reference_high is null then 'INDETERMINATE'
            else {{ range_flag(
                'parsed_number', 'comparator', 'reference_low', 'reference_high',
                'true', 'includes_critical_low', 'includes_critical_high'
            ) }}
        end as flag_of_value,
        case
            when value_reason is not null then 'INDETERMINATE'
            when is_default_applicable
                then {{ range_flag(
                    'parsed_number', 'comparator', 'default_low', 'default_high',
                    'includes_high', 'includes_critical_low', 'includes_critical_high'
                ) }}
            else {{ range_flag(
                'parsed_number', 'comparator', 'null', 'null',
                'true', 'includes_critical_low', 'includes_critical_high'
            ) }}
        end as default_flag,
        case
            when
                is_default_applicable
                and known_sex_code is null
                and value_reason is null
                then {{ range_flag(
                    'parsed_number', 'comparator', 'male_low', 'male_high',
                    'includes_high', 'includes_critical_low', 'includes_critical_high'
                ) }}
        end as male_flag,
        coalesce(
            is_default_applicable
            and doubtful_below is not null
            and not {{ is_surely_above(
                'parsed_number', 'comparator', 'doubtful_below', 'false'
            ) }},
            false
        ) as is_state_needed,
        {{ evaluated_once('flag') }}
    from with_chosen_range

),

with_final_values as (

    select
        *,
        case
            when flag_of_value = 'NORMAL' and not is_usable then 'INDETERMINATE'
            else flag_of_value
        end as flag,
        case
            when male_flag <> default_flag then 'INDETERMINATE'
            when default_flag = 'HIGH' and is_state_needed then 'INDETERMINATE'
            when default_flag = 'NORMAL' and not is_usable then 'INDETERMINATE'
            else default_flag
        end as default_range_flag
    from flagged

),

judged as (

    select
        *,
        case
            when flag <> 'INDETERMINATE' then null
            when value_reason is not null then value_reason
            when flag_of_value = 'NORMAL' then 'status_not_usable'
            when
                reference_low is null
                and reference_high is null
                and reference_text is not null
                then 'range_in_words'
            when reference_low is null and reference_high is null
                then 'no_delivered_range'
            when reference_low > reference_high then 'range_inverted'
            else 'comparator_straddles_limit'
        end as indeterminate_reason
    from with_final_values

),

with_default_reason as (

    select
        *,
        case
            when default_range_flag <> 'INDETERMINATE' then null
            when value_reason is not null then value_reason
            when range_unit is null then 'no_default_range'
            when shown_unit is null and not is_range_unit then 'unit_missing'
            when not is_range_unit then 'unit_differs'
            when is_adult is null and not coalesce(is_site_range, false)
                then 'age_unknown'
            when
                not is_adult
                and not coalesce(is_site_range, false)
                and not coalesce(is_child_range, false)
                then 'child'
            when male_flag <> default_flag then 'sex_unknown'
            when default_flag = 'HIGH' then 'limits_disagree'
            when default_flag = 'NORMAL' then 'status_not_usable'
            else 'comparator_straddles_limit'
        end as default_indeterminate_reason,
        case
            when default_range_flag = 'INDETERMINATE' then null
            when is_site_critical and default_range_flag like 'CRITICAL%'
                then
                    'Site critical limit of ' || analyte_code
                    || ' by ' || site_source_name
            when is_site_range
                then 'Site range of ' || analyte_code || ' by ' || site_source_name
            when is_child_range
                then range_source_name || ' child range of ' || analyte_code
            when is_default_applicable
                then range_source_name || ' adult range of ' || analyte_code
            else critical_source_name || ' adult critical limit of ' || analyte_code
        end as default_range_name,
        case
            when
                is_site_range
                or (is_site_critical and default_range_flag like 'CRITICAL%')
                then 'site'
            when default_range_flag <> 'INDETERMINATE' or is_default_applicable
                then 'default'
        end as default_range_source_code
    from judged

)

select * from with_default_reason
