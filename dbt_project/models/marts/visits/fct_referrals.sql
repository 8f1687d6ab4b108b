{#-
    A referral is open until it is completed, declined or cancelled, or the time
    when it was done with is stated. One in a status that nobody knows stays open:
    nobody is lost by a word. Today moves without any new fact, so this table is
    rebuilt whole each time.
-#}
{{ config(materialized='table') }}

with

unlabelled as (

    select * from {{ ref('stg_referrals') }}

),

referrals as (

    {{ labelled(
        'unlabelled', 'referrals', 'referral_key',
        codes=[('reason_code', none)],
        names=[('reason_code', 'reason_name')],
        always_names=['specialty_name']
    ) }}

),

source_as_of as (

    select * from {{ ref('stg_source_as_of') }}

)

select
    -- keys
    referrals.referral_key,
    referrals.patient_key,
    referrals.encounter_key,
    referrals.practitioner_key,
    referrals.organization_key,

    -- codes
    referrals.priority_code,
    referrals.status_code,
    referrals.reason_code,

    -- names
    referrals.specialty_name,
    referrals.reason_name,

    -- numbers
    case
        when referrals.completed_at is not null
            then {{ days_between('referrals.requested_at', 'referrals.completed_at') }}
        when referrals.status_code not in ('completed', 'declined', 'cancelled')
            then {{ days_between('referrals.requested_at', 'source_as_of.as_of') }}
    end as waiting_days,

    -- flags
    referrals.completed_at is null
    and referrals.status_code not in ('completed', 'declined', 'cancelled') as is_open,

    -- labels
    referrals.sensitivity,

    -- times
    referrals.requested_at,
    referrals.completed_at,
    source_as_of.as_of,

    -- provenance
    referrals.source_system,
    referrals.known_from,
    referrals.delivery_id,
    referrals.file_id,
    referrals.line_number

from referrals
left join source_as_of
    on referrals.source_system = source_as_of.source_system
