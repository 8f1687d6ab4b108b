{#-
    Why a result is shown without a judgement. The flag on a screen comes from three
    judgements, and each says for itself why it could not judge; this is the one reason
    that kept the result from being judged at all, by the order in which they are asked:
    what the value is, the delivered range, the default range, the laboratory's flag.

    A range that says NORMAL is not believed against a flag that means something else, or
    that nobody can read: then no range is missing, and the flag is the reason.
-#}
with

lab_results as (

    select * from {{ ref('fct_lab_results') }}

),

with_range as (

    select
        *,
        value_kind in ('numeric', 'numeric_with_flag')
        and coalesce(value_number, comparator_number) is not null
        and not is_withdrawn
        and antibiotic_name is null
        and organism_name is null as is_number,
        case
            when reference_low is not null or reference_high is not null
                then 'delivered'
            when reference_text is not null then 'words'
            when
                default_range_name is not null
                or default_indeterminate_reason = 'comparator_straddles_limit'
                or (
                    default_indeterminate_reason = 'status_not_usable'
                    and not is_withdrawn
                )
                then case
                    when default_range_source_code = 'site' then 'site'
                    else 'default'
                end
            else 'none'
        end as range_source_code
    from lab_results

),

explained as (

    select
        *,
        case
            when displayed_flag <> 'INDETERMINATE' then null
            when
                is_flag_unread
                and (
                    flag = 'NORMAL'
                    or (
                        indeterminate_reason = 'no_delivered_range'
                        and default_range_flag = 'NORMAL'
                    )
                )
                then 'laboratory_flag_unread'
            when flag = 'NORMAL' then 'laboratory_flag_not_normal'
            when is_withdrawn then 'withdrawn'
            when indeterminate_reason = 'status_not_usable' then 'not_final'
            when indeterminate_reason <> 'no_delivered_range' then indeterminate_reason
            when default_range_flag = 'NORMAL' then 'laboratory_flag_not_normal'
            when default_indeterminate_reason = 'status_not_usable' then 'not_final'
            else default_indeterminate_reason
        end as reason_code
    from with_range

)

select
    source_system,
    analyte_code,
    displayed_flag,
    displayed_flag_source,
    range_source_code,
    reason_code,
    is_number
from explained
