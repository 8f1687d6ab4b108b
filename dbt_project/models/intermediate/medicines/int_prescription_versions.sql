{#-
    Every version of every order with when it was known: as known at T are those with
    `known_from <= T and (known_until is null or T < known_until)`. One that closes the
    order says nothing but that.
-#}
with

delivered as (

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
        adapter_revision,
        content_hash
    from {{ source('persons', 'prescriptions') }}

),

versions as (

    {{ versions_ever_known('delivered') }}

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
    known_until
from versions
where not is_closed
