{#- Today moves without any new fact, so this table is rebuilt whole each time. -#}
{{ config(materialized='table') }}

with

contacts as (

    select * from {{ ref('dim_contacts') }}
    where is_current

)

select
    -- keys
    contact_key,
    patient_key,

    -- codes
    relationship_code,
    contact_role_code,

    -- numbers
    priority_number,

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

from contacts
