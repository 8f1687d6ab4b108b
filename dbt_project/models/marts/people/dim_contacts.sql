{#-
    A contact holds from its start until its end, the end excluded; one without a
    start has always held. Today moves without any new fact, so this table is
    rebuilt whole each time.
-#}
{{ config(materialized='table') }}

with

contacts as (

    select * from {{ ref('stg_contacts') }}

),

source_as_of as (

    select * from {{ ref('stg_source_as_of') }}

)

select
    -- keys
    contacts.contact_key,
    contacts.patient_key,

    -- codes
    contacts.relationship_code,
    contacts.contact_role_code,

    -- numbers
    contacts.priority_number,

    -- flags
    coalesce(contacts.started_at <= source_as_of.as_of, true)
    and coalesce(contacts.ended_at > source_as_of.as_of, true) as is_current,

    -- labels
    0 as sensitivity,

    -- times
    contacts.started_at,
    contacts.ended_at,
    source_as_of.as_of,

    -- provenance
    contacts.source_system,
    contacts.known_from,
    contacts.delivery_id,
    contacts.file_id,
    contacts.line_number

from contacts
left join source_as_of
    on contacts.source_system = source_as_of.source_system
