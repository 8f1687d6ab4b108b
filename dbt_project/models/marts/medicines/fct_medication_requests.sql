{#-
    A wish waits until it is approved, denied, done or withdrawn. One in a status
    that nobody knows waits. Today moves without any new fact, so this table is
    rebuilt whole each time.
-#}
{{ config(materialized='table') }}

with

unlabelled as (

    select * from {{ ref('stg_medication_requests') }}

),

labelled as (

    {{ labelled(
        'unlabelled', 'medication_requests', 'medication_request_key',
        codes=[('drug_code', 'code_system')],
        always_names=['drug_name']
    ) }}

),

prescriptions as (

    select
        prescription_key,
        patient_key,
        sensitivity
    from {{ ref('fct_medication_history') }}

),

medication_requests as (

    select
        labelled.*,
        coalesce(prescriptions.sensitivity, 0) as sensitivity_of_context
    from labelled
    left join prescriptions
        on
            labelled.patient_key = prescriptions.patient_key
            and labelled.prescription_key = prescriptions.prescription_key

),

source_as_of as (

    select * from {{ ref('stg_source_as_of') }}

)

select
    -- keys
    medication_requests.medication_request_key,
    medication_requests.patient_key,
    medication_requests.encounter_key,
    medication_requests.prescription_key,
    medication_requests.practitioner_key,

    -- codes
    medication_requests.request_type_code,
    medication_requests.requester_code,
    medication_requests.drug_code,
    medication_requests.code_system,
    medication_requests.status_code,

    -- names
    medication_requests.drug_name,
    medication_requests.answered_by_name,

    -- numbers
    case
        when medication_requests.answered_at is not null
            then
                {{ days_between(
                    'medication_requests.requested_at',
                    'medication_requests.answered_at'
                ) }}
        when
            medication_requests.status_code not in (
                'approved', 'denied', 'done', 'withdrawn'
            )
            then
                {{ days_between(
                    'medication_requests.requested_at', 'source_as_of.as_of'
                ) }}
    end as waiting_days,

    -- flags
    medication_requests.status_code not in (
        'approved', 'denied', 'done', 'withdrawn'
    ) as is_open,

    -- labels
    medication_requests.sensitivity
    | medication_requests.sensitivity_of_context as sensitivity,

    -- times
    medication_requests.requested_at,
    medication_requests.answered_at,
    source_as_of.as_of,

    -- provenance
    medication_requests.source_system,
    medication_requests.known_from,
    medication_requests.delivery_id,
    medication_requests.file_id,
    medication_requests.line_number

from medication_requests
left join source_as_of
    on medication_requests.source_system = source_as_of.source_system
