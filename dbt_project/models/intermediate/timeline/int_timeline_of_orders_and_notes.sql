with

notes as (

    select * from {{ ref('fct_notes') }}
    where not is_entered_in_error

),

imaging_reports as (

    select * from {{ ref('fct_imaging_reports') }}
    where not is_cancelled

),

lab_orders as (

    select * from {{ ref('fct_lab_orders') }}
    where order_state_code = 'done'

),

referrals as (

    select * from {{ ref('fct_referrals') }}

),

devices as (

    select * from {{ ref('fct_devices') }}
    where coalesce(status_code, '') <> 'entered-in-error'

)

select
    patient_key,
    'note' as event_type_code,
    note_key as reference_key,
    encounter_key,
    note_type_code as title,
    author_role_name as detail,
    written_at as event_at,
    sensitivity,
    source_system,
    known_from
from notes

union all

select
    patient_key,
    'imaging_report' as event_type_code,
    imaging_report_key as reference_key,
    encounter_key,
    coalesce(procedure_name, modality_code, 'imaging') as title,
    status_code as detail,
    reported_at as event_at,
    sensitivity,
    source_system,
    known_from
from imaging_reports

union all

select
    patient_key,
    'order_done' as event_type_code,
    lab_order_key as reference_key,
    encounter_key,
    coalesce(test_name, test_code) as title,
    category_code as detail,
    completed_at as event_at,
    sensitivity,
    source_system,
    known_from
from lab_orders

union all

select
    patient_key,
    'referral' as event_type_code,
    referral_key as reference_key,
    encounter_key,
    specialty_name as title,
    reason_name as detail,
    requested_at as event_at,
    sensitivity,
    source_system,
    known_from
from referrals

union all

select
    patient_key,
    'device' as event_type_code,
    device_key as reference_key,
    encounter_key,
    coalesce(device_name, device_code) as title,
    body_site_name as detail,
    started_at as event_at,
    sensitivity,
    source_system,
    known_from
from devices
