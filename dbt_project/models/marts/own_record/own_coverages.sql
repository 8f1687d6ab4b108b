{#- Today moves without any new fact, so this table is rebuilt whole each time. -#}
{{ config(materialized='table') }}

with

coverages as (

    select * from {{ ref('dim_coverages') }}

)

select
    -- keys
    coverage_key,
    patient_key,

    -- names
    payer_name,
    plan_name,

    -- numbers
    priority_number,

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

from coverages
