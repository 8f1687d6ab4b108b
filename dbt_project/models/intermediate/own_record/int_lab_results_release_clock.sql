{#-
    Since when the hours count after which a patient reads a result, and when a clinician
    first acknowledged it. An acknowledgement of the preliminary result is none of the
    final one.
-#}
with

result_statuses as (

    select * from {{ ref('result_statuses') }}

),

acknowledgements as (

    select * from {{ ref('stg_acknowledgements') }}

),

versions as (

    select
        lab_results.patient_key,
        lab_results.source_system,
        lab_results.record_id,
        lab_results.is_closed,
        lab_results.version_at,
        lab_results.adapter_revision,
        lab_results.content_hash,
        lab_results.known_from,
        lab_results.resulted_at as said_at,
        coalesce(
            result_statuses.is_usable,
            {{ clean_text('lab_results.status_code') }} is null
        ) as is_final,
        {{ clean_text('lab_results.value_text') }} is not null
        or lab_results.value_number is not null
        or lab_results.organism_name is not null as has_content
    from {{ source('persons', 'lab_results') }} as lab_results
    left join result_statuses
        on
            lower({{ clean_text('lab_results.status_code') }})
            = result_statuses.status_code

),

clock as (

    {{ release_clock() }}

),

keyed as (

    select
        *,
        {{ fact_key() }} as lab_result_key
    from clock

)

select
    keyed.patient_key,
    keyed.lab_result_key,
    keyed.released_counted_from,
    keyed.released_known_from,
    min(acknowledgements.acknowledged_at) as first_acknowledged_at
from keyed
left join acknowledgements
    on
        keyed.patient_key = acknowledgements.patient_key
        and keyed.lab_result_key = acknowledgements.lab_result_key
        and keyed.released_known_from <= acknowledgements.acknowledged_at
group by
    keyed.patient_key,
    keyed.lab_result_key,
    keyed.released_counted_from,
    keyed.released_known_from
