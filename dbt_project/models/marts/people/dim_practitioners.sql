{{ config(materialized='table') }}

with

practitioners as (

    select * from {{ ref('stg_practitioners') }}

),

organizations as (

    select * from {{ ref('stg_organizations') }}

),

with_organization as (

    select
        -- keys
        practitioners.practitioner_key,
        practitioners.organization_key,

        -- names
        practitioners.practitioner_name,
        practitioners.specialty_name,
        practitioners.role_name,
        organizations.organization_name,

        -- provenance
        practitioners.source_system,
        practitioners.known_from,
        practitioners.delivery_id,
        practitioners.file_id,
        practitioners.line_number

    from practitioners
    left join organizations
        on practitioners.organization_key = organizations.organization_key

)

select * from with_organization
