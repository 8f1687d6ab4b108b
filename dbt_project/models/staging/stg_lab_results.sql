{#-
    Every version of every result, and what was known when: as known at T are those with
    `known_from <= T and (known_until is null or T < known_until)`, which is the
    highest-ordered version received up to T.

    A version is known until one that supersedes it is received, whatever the order of
    arrival. One that comes after a version superseding it was never known: it ends where
    it begins.

    A result posted to the wrong patient has versions under both. Each stays with its
    patient, but those of the other one take places in its order: rows that hold a
    version's place and nothing else of it. Patients lead the partition, so a filter on
    them reaches the index.
-#}
{%- set in_order -%}
    partition by patient_key, source_system, record_id
                order by
                    place_at asc, place_revision asc, place_closes desc, place_hash asc
{%- endset -%}

with

moved_facts as (

    select distinct
        source_system,
        record_id
    from {{ source('raw', 'moved_facts') }}
    where feed = 'lab_results'

),

places as (

    select
        own.*,
        own.version_at as place_at,
        own.adapter_revision as place_revision,
        own.is_closed as place_closes,
        own.content_hash as place_hash,
        own.known_from as place_known_from,
        false as is_of_another_patient
    from {{ source('persons', 'lab_results') }} as own
    union all
    select
        own.*,
        moved.version_at as place_at,
        moved.adapter_revision as place_revision,
        moved.is_closed as place_closes,
        moved.content_hash as place_hash,
        moved.known_from as place_known_from,
        true as is_of_another_patient
    from {{ source('persons', 'lab_results') }} as own
    inner join {{ source('persons', 'lab_results') }} as moved
        on
            own.source_system = moved.source_system
            and own.record_id = moved.record_id
            and own.patient_key <> moved.patient_key
    -- Loads tell which results moved: nobody looks for the places of all the others.
    inner join moved_facts
        on
            own.source_system = moved_facts.source_system
            and own.record_id = moved_facts.record_id

),

ordered as (

    select
        *,
        -- The join brings a place as often as the patient has versions: it is one.
        dense_rank() over (
            {{ in_order }}
        ) as version_number,
        min(place_known_from) over (
            {{ in_order }}
            rows between 1 following and unbounded following
        ) as superseded_at
    from places

),

typed as (

    select
        -- keys
        {{ fact_key() }} as lab_result_key,
        patient_key,
        {{ fact_key('encounter_id') }} as encounter_key,
        {{ fact_key('practitioner_id') }} as practitioner_key,

        -- codes and text
        {{ clean_text('order_id') }} as order_id,
        {{ clean_text('specimen_id') }} as specimen_id,
        {{ clean_text('test_code') }} as test_code,
        {{ clean_text('code_system') }} as code_system,
        {{ clean_text('test_name') }} as test_name,
        {{ clean_text('specimen_name') }} as specimen_name,
        {{ clean_text('organism_name') }} as organism_name,
        {{ clean_text('antibiotic_name') }} as antibiotic_name,
        {{ clean_text('value_text') }} as value_text,
        {{ clean_text('unit') }} as unit,
        {{ clean_text('reference_text') }} as reference_text,
        {{ clean_text('laboratory_flag') }} as laboratory_flag,
        -- What a source takes away is withdrawn, whatever status it stated last.
        case
            when is_closed then 'deleted'
            else {{ clean_text('status_code') }}
        end as status_code,
        {{ clean_text('priority_code') }} as priority_code,
        {{ clean_text('comment_text') }} as comment_text,

        -- numbers
        value_number,
        reference_low,
        reference_high,
        isolate_number,
        sequence_number,

        -- times
        collected_at,
        resulted_at,

        -- which version it is, and when it was known
        version_number,
        is_closed,
        superseded_at is null as is_current,
        known_from,
        case
            when superseded_at is not null then greatest(superseded_at, known_from)
        end as known_until,

        -- provenance
        source_system,
        record_id,
        version_at,
        delivery_id,
        file_id,
        line_number

    from ordered
    where not is_of_another_patient

)

select * from typed
