{#- Today moves without any new fact, so this table is rebuilt whole each time. -#}
{{ config(materialized='table') }}

with

medications as (

    select * from {{ ref('int_medications_judged_at_as_of') }}

)

select
    -- keys
    prescription_key,
    patient_key,
    encounter_key,
    practitioner_key,

    -- codes
    drug_code,
    code_system,
    route_code,
    medication_status_code,
    activity_basis as active_basis,
    supply_basis,
    reason_code,

    -- names
    drug_name,
    strength_text,
    dose_text,
    dose_unit,
    frequency_text,
    reason_name,

    -- numbers
    doses_per_day,
    dispenses_count,

    -- flags
    is_infusion_component,
    is_inpatient_order,
    ended_at is null as is_end_unknown,
    sensitivity,

    -- times
    started_at,
    ended_at,
    last_dispensed_at,
    supply_ends_at,
    as_of,

    -- provenance
    source_system,
    known_from,
    delivery_id,
    file_id,
    line_number

from medications
where is_active
