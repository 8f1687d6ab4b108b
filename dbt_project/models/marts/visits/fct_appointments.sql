{#-
    What has become of an appointment. What the status says counts; of one that is
    booked, the time says whether it is to come. Missed is only what somebody called
    so: a booked appointment that is over, and of which nobody wrote whether the
    patient came, is not_recorded. Of whoever has died nothing is to come, and
    nobody is reminded. Today moves without any new fact, so this table is rebuilt
    whole each time.
-#}
{{ config(materialized='table') }}

with

unlabelled as (

    select * from {{ ref('stg_appointments') }}

),

appointments as (

    {{ labelled(
        'unlabelled', 'appointments', 'appointment_key',
        always_names=['appointment_type_name', 'specialty_name']
    ) }}

),

source_as_of as (

    select * from {{ ref('stg_source_as_of') }}

),

patients as (

    select
        patient_key,
        deceased_at
    from {{ ref('dim_patients') }}

),

judged as (

    select
        appointments.*,
        source_as_of.as_of,
        case
            when appointments.status_code = 'cancelled' then 'cancelled'
            when appointments.status_code = 'noshow' then 'missed'
            when appointments.status_code in ('arrived', 'fulfilled') then 'kept'
            when appointments.encounter_key is not null then 'kept'
            when patients.deceased_at <= source_as_of.as_of then 'of_deceased'
            when appointments.status_code = 'requested' then 'requested'
            when appointments.status_code <> 'booked' then 'unknown'
            when appointments.starts_at > source_as_of.as_of then 'upcoming'
            when appointments.ends_at > source_as_of.as_of then 'under_way'
            when appointments.starts_at <= source_as_of.as_of then 'not_recorded'
            else 'unknown'
        end as appointment_state_code
    from appointments
    left join source_as_of
        on appointments.source_system = source_as_of.source_system
    left join patients
        on appointments.patient_key = patients.patient_key

)

select
    -- keys
    appointment_key,
    patient_key,
    encounter_key,
    practitioner_key,
    organization_key,

    -- codes
    status_code,
    appointment_state_code,

    -- names
    appointment_type_name,
    specialty_name,
    cancellation_reason_name,

    -- numbers
    case
        when appointment_state_code = 'requested'
            then {{ days_between('requested_at', 'as_of') }}
    end as waiting_days,

    -- flags
    appointment_state_code = 'upcoming' as is_upcoming,
    appointment_state_code = 'missed' as is_missed,

    -- labels
    sensitivity,

    -- times
    requested_at,
    starts_at,
    ends_at,
    as_of,

    -- provenance
    source_system,
    known_from,
    delivery_id,
    file_id,
    line_number

from judged
