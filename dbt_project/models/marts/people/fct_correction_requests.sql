{#-
    A wish waits until it is accepted or denied. The law gives
    correction_answer_days to answer: on the last of them it is in time, the day
    after it is overdue. Today moves without any new fact, so this table is rebuilt
    whole each time.
-#}
{{ config(materialized='table') }}

with

unlabelled as (

    select * from {{ ref('stg_correction_requests') }}

),

correction_requests as (

    {{ labelled('unlabelled', 'correction_requests', 'correction_request_key') }}

),

source_as_of as (

    select * from {{ ref('stg_source_as_of') }}

)

select
    -- keys
    correction_requests.correction_request_key,
    correction_requests.patient_key,
    correction_requests.subject_key,

    -- codes
    correction_requests.subject_code,
    correction_requests.status_code,

    -- names
    correction_requests.answered_by_name,

    -- numbers
    {{ days_between(
        'correction_requests.requested_at',
        'coalesce(correction_requests.answered_at, source_as_of.as_of)'
    ) }} as waiting_days,

    -- flags
    correction_requests.status_code
    not in ('accepted', 'denied', 'withdrawn') as is_open,
    correction_requests.status_code not in ('accepted', 'denied', 'withdrawn')
    and {{ days_between('correction_requests.requested_at', 'source_as_of.as_of') }}
    > {{ var('correction_answer_days') }} as is_overdue,

    -- labels
    correction_requests.sensitivity,

    -- times
    correction_requests.requested_at,
    correction_requests.answered_at,
    source_as_of.as_of,

    -- provenance
    correction_requests.source_system,
    correction_requests.known_from,
    correction_requests.delivery_id,
    correction_requests.file_id,
    correction_requests.line_number

from correction_requests
left join source_as_of
    on correction_requests.source_system = source_as_of.source_system
