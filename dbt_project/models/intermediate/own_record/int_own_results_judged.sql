{#-
    The one judgement that a patient reads. Only a result that a clinician's screen calls
    NORMAL is "in the usual range"; whatever the screen calls abnormal is told as such,
    also before it is final. For the rest the first reason that holds is told.
-#}
with

lab_results as (

    select * from {{ ref('int_own_results_measured') }}

),

judged as (

    select
        *,
        case
            when result_status_code = 'entered-in-error' then 'withdrawn'
            when result_status_code = 'cancelled' then 'cancelled'
            when result_status_code = 'registered' then 'not_measured_yet'
            when displayed_flag = 'CRITICAL_HIGH' then 'far_above'
            when displayed_flag = 'CRITICAL_LOW' then 'far_below'
            when displayed_flag = 'CRITICAL' then 'far_outside'
            when displayed_flag = 'HIGH' and is_a_little_outside then 'a_little_above'
            when displayed_flag = 'HIGH' then 'above'
            when displayed_flag = 'LOW' and is_a_little_outside then 'a_little_below'
            when displayed_flag = 'LOW' then 'below'
            when displayed_flag = 'ABNORMAL' then 'outside'
            when displayed_flag = 'NORMAL' then 'in_range'
            when susceptibility_code is not null then 'antibiotic_tested'
            when organism_name is not null then 'germ_found'
            when indeterminate_reason = 'text_and_number_disagree' then 'contradictory'
            when value_kind = 'not_performed' then 'not_measured'
            when value_kind = 'missing' then 'no_value'
            when not is_usable then 'not_final'
            when value_kind not in ('numeric', 'numeric_with_flag') then 'in_words'
            when flag = 'NORMAL' then 'marked_by_laboratory'
            when indeterminate_reason = 'range_inverted' then 'range_unreadable'
            when indeterminate_reason = 'range_in_words' then 'range_in_words'
            when indeterminate_reason = 'comparator_straddles_limit'
                then 'either_side_of_limit'
            when laboratory_flag is not null and default_range_flag = 'NORMAL'
                then 'marked_by_laboratory'
            else 'no_range'
        end as judgement_code
    from lab_results

),

with_what_may_be_read as (

    select
        *,
        judgement_code in ('withdrawn', 'cancelled', 'not_measured_yet')
        or coalesce(indeterminate_reason = 'text_and_number_disagree', false)
        -- What was measured to test an antibiotic is a number for the laboratory.
        or susceptibility_code is not null as is_value_withheld
    from judged

)

select * from with_what_may_be_read
