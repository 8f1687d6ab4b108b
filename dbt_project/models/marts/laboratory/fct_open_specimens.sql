{#-
    Specimens that are under way, by their age: what lies too long is lost, and so
    is its diagnosis. Today moves without any new fact, so this table is rebuilt
    whole each time.
-#}
{{ config(materialized='table') }}

with

specimens as (

    select * from {{ ref('fct_specimens') }}
    where is_open

),

source_as_of as (

    select * from {{ ref('stg_source_as_of') }}

)

select
    -- keys
    specimens.specimen_key,
    specimens.patient_key,
    specimens.lab_order_key,
    specimens.encounter_key,

    -- codes
    specimens.accession_number,
    specimens.status_code,

    -- names
    specimens.specimen_type_name,

    -- numbers
    {{ hours_between('specimens.collected_at', 'source_as_of.as_of') }}
        as hours_since_collection,
    {{ hours_between('specimens.status_at', 'source_as_of.as_of') }}
        as hours_in_status,

    -- labels
    specimens.sensitivity,

    -- times
    specimens.collected_at,
    specimens.received_at,
    specimens.status_at,
    source_as_of.as_of,

    -- provenance
    specimens.source_system,
    specimens.known_from,
    specimens.delivery_id,
    specimens.file_id,
    specimens.line_number

from specimens
left join source_as_of
    on specimens.source_system = source_as_of.source_system
