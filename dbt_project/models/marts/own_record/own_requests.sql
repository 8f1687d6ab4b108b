{#-
    What a patient asked for about medicines and corrections. How long it waits moves with
    today, so this table is rebuilt whole each time.
-#}
{{ config(materialized='table') }}

with

medication_requests as (

    select * from {{ ref('fct_medication_requests') }}
    where coalesce(requester_code, 'patient') = 'patient'

),

correction_requests as (

    select * from {{ ref('fct_correction_requests') }}

),

requests as (

    select
        medication_request_key as request_key,
        patient_key,
        'medicine' as request_kind_code,
        request_type_code,
        drug_name as subject_name,
        status_code,
        is_open,
        waiting_days,
        sensitivity,
        requested_at,
        answered_at,
        source_system,
        known_from,
        delivery_id,
        file_id,
        line_number
    from medication_requests

    union all

    select
        correction_request_key as request_key,
        patient_key,
        'correction' as request_kind_code,
        subject_code as request_type_code,
        cast(null as {{ dbt.type_string() }}) as subject_name,
        status_code,
        is_open,
        waiting_days,
        sensitivity,
        requested_at,
        answered_at,
        source_system,
        known_from,
        delivery_id,
        file_id,
        line_number
    from correction_requests

)

select
    -- keys
    request_kind_code || ':' || request_key as own_request_key,
    patient_key,
    request_key,

    -- codes
    request_kind_code,
    request_type_code,
    status_code,

    -- names
    subject_name,

    -- numbers
    waiting_days,

    -- flags
    is_open,

    -- labels
    sensitivity,

    -- times
    requested_at,
    answered_at,

    -- provenance
    source_system,
    known_from,
    delivery_id,
    file_id,
    line_number

from requests
