{{ config(materialized='table') }}

with

organizations as (

    select * from {{ ref('stg_organizations') }}

)

select
    -- keys
    organization_key,

    -- names
    organization_name,
    organization_type_name,
    address_line,
    city,
    state,
    postal_code,
    phone,

    -- provenance
    source_system,
    known_from,
    delivery_id,
    file_id,
    line_number

from organizations
