{#-
    Of the decisions of a patient about one scope and one recipient the latest that
    has begun holds, until it ends; what came before it never comes back. Two
    decisions of one moment: the one that forbids. Today moves without any new fact,
    so this table is rebuilt whole each time.
-#}
{{ config(materialized='table') }}

with

consents as (

    select * from {{ ref('stg_consents') }}

),

source_as_of as (

    select * from {{ ref('stg_source_as_of') }}

),

begun as (

    select
        consents.*,
        source_as_of.as_of,
        coalesce(consents.started_at <= source_as_of.as_of, false) as is_begun
    from consents
    left join source_as_of
        on consents.source_system = source_as_of.source_system

),

placed as (

    select
        *,
        row_number() over (
            partition by
                patient_key,
                scope_code,
                lower(coalesce(recipient_name, '')),
                is_begun
            order by
                started_at desc,
                case when decision_code = 'permit' then 1 else 0 end asc,
                consent_key desc
        ) as place_from_latest
    from begun

),

judged as (

    select
        *,
        case
            when not is_begun then 'not_begun'
            when place_from_latest > 1 then 'superseded'
            when ended_at <= as_of then 'ended'
            else 'in_force'
        end as consent_state_code
    from placed

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
    recorded_by_name,

    -- flags
    consent_state_code = 'in_force' as is_in_force,
    consent_state_code = 'in_force' and decision_code = 'permit' as is_permitted,

    -- labels
    0 as sensitivity,

    -- times
    started_at,
    ended_at,
    as_of,

    -- provenance
    source_system,
    known_from,
    delivery_id,
    file_id,
    line_number

from judged
