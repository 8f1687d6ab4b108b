{#-
    An insurance is in force from its start until its end, the end excluded, unless
    its status says otherwise. A status in a word that nobody knows leaves it
    unknown: nobody is called insured by a guess. Today moves without any new fact,
    so this table is rebuilt whole each time.
-#}
{{ config(materialized='table') }}

with

coverages as (

    select * from {{ ref('stg_coverages') }}

),

source_as_of as (

    select * from {{ ref('stg_source_as_of') }}

)

select
    -- keys
    coverages.coverage_key,
    coverages.patient_key,
    coverages.payer_key,

    -- codes
    coverages.plan_type_code,
    coverages.subscriber_relationship_code,
    coverages.status_code,

    -- names
    coverages.payer_name,
    coverages.plan_name,

    -- numbers
    coverages.priority_number,

    -- flags
    case
        when coverages.started_at > source_as_of.as_of then false
        when coverages.ended_at <= source_as_of.as_of then false
        when coalesce(coverages.status_code, 'active') = 'active' then true
        when
            coverages.status_code in (
                'inactive', 'cancelled', 'expired', 'draft', 'entered-in-error'
            )
            then false
    end as is_in_force,

    -- labels
    0 as sensitivity,

    -- times
    coverages.started_at,
    coverages.ended_at,
    source_as_of.as_of,

    -- provenance
    coverages.source_system,
    coverages.known_from,
    coverages.delivery_id,
    coverages.file_id,
    coverages.line_number

from coverages
left join source_as_of
    on coverages.source_system = source_as_of.source_system
