{#-
    What was known of a visit that orders may be for, and when: whether it is a stay in
    hospital, and its end. A version that tells the same as the one before adds nothing.
    Of patients delivered in parts alone; a visit that its source deleted is not there.
-#}
with

in_parts as (

    select * from {{ ref('int_patients_delivered_in_parts') }}
    {{ only_touched_patients() }}

),

current_encounters as (

    select
        patient_key,
        encounter_key
    from {{ ref('fct_encounters') }}
    {{ only_patients_in_parts() }}

),

delivered as (

    select
        patient_key,
        source_system,
        record_id,
        {{ fact_key() }} as encounter_key,
        {{ clean_text('encounter_class_code') }} as encounter_class_code,
        {{ clean_text('encounter_type_code') }} as encounter_type_code,
        ended_at,
        version_at,
        known_from,
        is_closed,
        adapter_revision,
        content_hash
    from {{ source('persons', 'encounters') }}
    {{ only_patients_in_parts() }}

),

encounters as (

    {{ versions_ever_known('delivered') }}

),

classified as (

    {{ with_class_of_encounter('encounters') }}

),

told as (

    select
        classified.patient_key,
        classified.encounter_key,
        classified.known_from,
        not classified.is_closed
        and (
            classified.is_inpatient
            or classified.normalised_class_code = 'observation'
        ) as is_inpatient_order,
        case when not classified.is_closed then classified.ended_at end
            as encounter_ended_at
    from classified
    inner join current_encounters
        on
            classified.patient_key = current_encounters.patient_key
            and classified.encounter_key = current_encounters.encounter_key

),

with_former as (

    select
        *,
        lag(known_from) over (
            partition by patient_key, encounter_key order by known_from
        ) as former_known_from,
        lag(is_inpatient_order) over (
            partition by patient_key, encounter_key order by known_from
        ) as former_is_inpatient_order,
        lag(encounter_ended_at) over (
            partition by patient_key, encounter_key order by known_from
        ) as former_encounter_ended_at
    from told

),

changes as (

    select
        patient_key,
        encounter_key,
        is_inpatient_order,
        encounter_ended_at,
        known_from
    from with_former
    where
        former_known_from is null
        or is_inpatient_order <> former_is_inpatient_order
        or encounter_ended_at is distinct from former_encounter_ended_at

)

select
    *,
    lead(known_from) over (
        partition by patient_key, encounter_key order by known_from
    ) as known_until
from changes
