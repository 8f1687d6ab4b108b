{#-
    Spans in which all opioids together reach high_opioid_equivalents a day (CDC 2022).
    An opioid without a known dose adds nothing: the sum is at least what it says.
-#}
with

equivalents as (

    select * from {{ ref('int_opioid_equivalents') }}
    where equivalents is not null {{ only_touched_patients('and') }}

),

changes as (

    select
        patient_key,
        taken_from as changed_at,
        equivalents as amount
    from equivalents

    union all

    select
        patient_key,
        taken_until as changed_at,
        -equivalents as amount
    from equivalents

),

spans as (

    {{ spans_from('changes', var('high_opioid_equivalents')) }}

)

select
    spans.patient_key,
    spans.began_at,
    spans.ended_at,
    spans.highest,
    bit_or(equivalents.sensitivity) as sensitivity,
    max(equivalents.known_from) as known_from
from spans
inner join equivalents
    on
        spans.patient_key = equivalents.patient_key
        and spans.began_at < equivalents.taken_until
        and spans.ended_at > equivalents.taken_from
group by
    spans.patient_key,
    spans.span_number,
    spans.began_at,
    spans.ended_at,
    spans.highest
