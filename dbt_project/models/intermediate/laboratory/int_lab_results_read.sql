{#-
    What somebody reads of a result, as one digest: which test, value, unit, limits,
    the laboratory's flag, the flag shown, and whether it was withdrawn. Who has seen a
    result has seen this and no other reading, so a corrected result is unseen again.

    That a preliminary value becomes final is no other reading. Only the flag of a
    normal one changes with it, since nothing preliminary is NORMAL: the digest holds
    the flag that it will have.
-#}
with

lab_results as (

    select
        *,
        {{ evaluated_once('displayed') }}
    from {{ ref('int_lab_results_displayed') }}

),

with_final_flag as (

    select
        *,
        case
            when
                not is_usable
                and not is_withdrawn
                and displayed_flag = 'INDETERMINATE'
                and may_be_normal
                and (
                    indeterminate_reason = 'status_not_usable'
                    or (
                        default_indeterminate_reason = 'status_not_usable'
                        and is_without_limits
                        and reference_text is null
                    )
                )
                then 'NORMAL'
            else displayed_flag
        end as flag_once_final,
        default_range_flag <> 'INDETERMINATE'
        or default_indeterminate_reason = 'status_not_usable' as is_default_read
    from lab_results

),

with_reading as (

    select
        *,
        {{ digest_of([
            'test_code',
            'code_system',
            'specimen_name',
            'organism_name',
            'antibiotic_name',
            'value_text',
            one_spelling('parsed_number'),
            'comparator',
            'shown_unit',
            one_spelling('reference_low'),
            one_spelling('reference_high'),
            'reference_text',
            one_spelling('case when is_default_read then default_low end'),
            one_spelling('case when is_default_read then default_high end'),
            'laboratory_flag',
            'flag_once_final',
            'is_withdrawn',
        ]) }} as reading_hash
    from with_final_flag

)

select * from with_reading
