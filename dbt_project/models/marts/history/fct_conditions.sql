with

unlabelled as (

    select * from {{ ref('int_conditions_judged') }}
    {{ only_touched_patients() }}

),

conditions as (

    {{ labelled(
        'unlabelled', 'conditions', 'condition_key',
        codes=[('condition_code', 'code_system')]
    ) }}

),

encounters as (

    select * from {{ ref('fct_encounters') }}
    {{ only_touched_patients() }}

),

with_start as (

    select
        -- keys
        conditions.condition_key,
        conditions.patient_key,
        conditions.encounter_key,

        -- codes
        conditions.condition_code,
        conditions.normalised_code,
        conditions.code_system,
        conditions.category_code,
        conditions.concept_kind_code,
        conditions.clinical_status_code,
        conditions.verification_status_code,
        conditions.activity_basis,
        conditions.name_basis,
        case
            when conditions.started_at is not null then 'source'
            when encounters.started_at is not null then 'encounter'
            when conditions.recorded_at is not null then 'recorded'
            else 'unknown'
        end as start_basis,

        -- names
        conditions.displayed_name as condition_name,

        -- numbers
        conditions.sequence_number,

        -- flags
        conditions.is_active,
        conditions.is_refuted,
        conditions.sensitivity,

        -- times
        coalesce(
            conditions.started_at, encounters.started_at, conditions.recorded_at
        ) as started_at,
        conditions.ended_at,
        conditions.recorded_at,

        -- provenance
        conditions.source_system,
        conditions.known_from,
        conditions.delivery_id,
        conditions.file_id,
        conditions.line_number

    from conditions
    left join encounters
        on
            conditions.patient_key = encounters.patient_key
            and conditions.encounter_key = encounters.encounter_key

)

select * from with_start
