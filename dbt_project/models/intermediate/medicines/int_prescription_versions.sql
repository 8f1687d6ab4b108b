{#-
    Every version of every order with when it was known: a version is known from its
    receipt until one that supersedes it is received, in whatever order they arrive. As
    known at T are those with `known_from <= T and (known_until is null or T <
    known_until)`. One that comes after what supersedes it was never known, and one that
    closes the order says nothing but that.
-#}
with

versions as (

    select
        patient_key,
        source_system,
        record_id,
        {{ fact_key() }} as prescription_key,
        lower({{ clean_text('status_code') }}) as status_code,
        days_supply,
        dispenses_count,
        started_at,
        ended_at,
        version_at,
        known_from,
        is_closed,
        row_number() over (
            {{ versions_from_the_first() }}
        ) as version_number,
        min(known_from) over (
            {{ versions_from_the_first() }}
            rows between 1 following and unbounded following
        ) as superseded_at
    from {{ source('persons', 'prescriptions') }}

)

select
    patient_key,
    prescription_key,
    version_number,
    status_code,
    days_supply,
    dispenses_count,
    started_at,
    ended_at,
    version_at,
    known_from,
    superseded_at as known_until
from versions
where
    not is_closed
    and (
        superseded_at is null
        or superseded_at > known_from
    )
