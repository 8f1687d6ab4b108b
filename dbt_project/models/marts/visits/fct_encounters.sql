with

unlabelled as (

    select * from {{ ref('int_encounters_classified') }}
    {{ only_touched_patients() }}

),

encounters as (

    {{ labelled(
        'unlabelled', 'encounters', 'encounter_key',
        codes=[('encounter_type_code', none), ('reason_code', none)],
        names=[('encounter_type_code', 'encounter_type_name'), ('reason_code', 'reason_name')],
        always_names=['service_name', 'location_name']
    ) }}

),

discharge_dispositions as (

    select * from {{ ref('discharge_dispositions') }}

),

with_duration as (

    select
        -- keys
        encounters.encounter_key,
        encounters.patient_key,
        encounters.part_of_encounter_key,
        encounters.practitioner_key,
        encounters.organization_key,

        -- codes
        encounters.normalised_class_code as encounter_class_code,
        encounters.delivered_class_code,
        encounters.class_basis,
        encounters.encounter_type_code,
        encounters.reason_code,
        encounters.status_code,
        discharge_dispositions.discharge_disposition_code,

        -- names
        encounters.encounter_type_name,
        encounters.reason_name,
        encounters.service_name,
        encounters.location_name,
        encounters.admission_type_name,
        encounters.admission_source_name,
        encounters.discharge_disposition_name,

        -- numbers
        case
            when encounters.ended_at >= encounters.started_at
                then {{ hours_between('encounters.started_at', 'encounters.ended_at') }}
        end as length_hours,

        -- flags
        encounters.is_inpatient,
        encounters.is_emergency,
        encounters.part_of_encounter_key is not null as is_part_of_stay,
        encounters.ended_at is null as is_open,
        coalesce(encounters.ended_at < encounters.started_at, false)
            as has_time_conflict,
        encounters.sensitivity,

        -- times
        encounters.started_at,
        encounters.ended_at,

        -- provenance
        encounters.source_system,
        encounters.known_from,
        encounters.delivery_id,
        encounters.file_id,
        encounters.line_number

    from encounters
    left join discharge_dispositions
        on
            lower(encounters.discharge_disposition_name)
            = discharge_dispositions.delivered_name

)

select * from with_duration
