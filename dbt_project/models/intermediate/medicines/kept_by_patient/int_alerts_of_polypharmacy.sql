{#-
    Spans with at least polypharmacy_ingredients regular ingredients at a time: eras of
    fct_medication_eras that are no short course, without what is put on the skin, in eyes
    or ears (ATC D and S).
-#}
with

eras as (

    select
        patient_key,
        ingredient_name,
        {{ start_of_day('starts_on') }} as began_at,
        {{ start_of_day(date_after('ends_on', 1)) }} as ended_at,
        sensitivity,
        known_from
    from {{ ref('fct_medication_eras') }}
    where
        era_rule_code = 'gap_30' {{ only_touched_patients('and') }}
        and length_days >= {{ var('short_course_days') }}
        and substr(coalesce(atc_code, ' '), 1, 1) not in ('D', 'S')

),

changes as (

    select
        patient_key,
        began_at as changed_at,
        1 as amount
    from eras

    union all

    select
        patient_key,
        ended_at as changed_at,
        -1 as amount
    from eras

),

spans as (

    {{ spans_from('changes', var('polypharmacy_ingredients')) }}

)

select
    spans.patient_key,
    spans.began_at,
    spans.ended_at,
    spans.highest,
    bit_or(eras.sensitivity) as sensitivity,
    max(eras.known_from) as known_from
from spans
inner join eras
    on
        spans.patient_key = eras.patient_key
        and spans.began_at < eras.ended_at
        and spans.ended_at > eras.began_at
group by
    spans.patient_key,
    spans.span_number,
    spans.began_at,
    spans.ended_at,
    spans.highest
