{#- Today moves without any new fact, so this table is rebuilt whole each time. -#}
{{ config(materialized='table') }}

with

consents as (

    select * from {{ ref('fct_consents') }}

)

select
    -- keys
    consent_key,
    patient_key,

    -- codes
    scope_code,
    decision_code,
    consent_state_code,

    -- names
    recipient_name,

    -- flags
    is_in_force,

    -- labels
    sensitivity,

    -- times
    started_at,
    ended_at,

    -- provenance
    source_system,
    known_from,
    delivery_id,
    file_id,
    line_number

from consents
