{#-
    Whether a condition lasts. A stated end or status decides; a problem without either
    lasts. A code given for billing or for a visit says what was treated, not what lasts:
    without a status nothing is known about it, so it is neither active nor over; nor is
    one whose status is in a word that nobody knows.
-#}
with

conditions as (

    select
        *,
        coalesce(lower(verification_status_code), '') in (
            'refuted', 'entered-in-error'
        ) as is_refuted,
        lower(clinical_status_code) as clinical_status,
        lower(category_code) in (
            'billing', 'encounter', 'encounter-diagnosis'
        ) as tells_what_was_treated
    from {{ ref('int_conditions_named') }}

),

judged as (

    select
        *,
        case
            when is_refuted then 'refuted'
            when ended_at is not null then 'end_stated'
            when clinical_status is not null then 'clinical_status'
            when tells_what_was_treated then 'not_stated'
            else 'no_end_stated'
        end as activity_basis,
        case
            when displayed_name like '%(disorder)' then 'disorder'
            when displayed_name like '%(finding)' then 'finding'
            when displayed_name like '%(situation)' then 'situation'
            when displayed_name like '%(person)' then 'person'
        end as concept_kind_code
    from conditions

),

with_activity as (

    select
        *,
        case activity_basis
            when 'refuted' then false
            when 'end_stated' then false
            when 'clinical_status'
                then case
                    when clinical_status in ('active', 'recurrence', 'relapse')
                        then true
                    when clinical_status in ('inactive', 'resolved', 'remission')
                        then false
                end
            when 'no_end_stated' then true
        end as is_active
    from judged

)

select * from with_activity
