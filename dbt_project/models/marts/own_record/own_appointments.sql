{#- Today moves without any new fact, so this table is rebuilt whole each time. -#}
{{ config(materialized='table') }}

with

appointments as (

    select * from {{ ref('fct_appointments') }}

)

select
    -- keys
    appointment_key,
    patient_key,
    practitioner_key,
    organization_key,

    -- codes
    appointment_state_code,

    -- names
    appointment_type_name,
    specialty_name,

    -- flags
    is_upcoming,

    -- labels
    sensitivity,

    -- times
    requested_at,
    starts_at,
    ends_at,

    -- provenance
    source_system,
    known_from,
    delivery_id,
    file_id,
    line_number

from appointments
