with

unlabelled as (

    select * from {{ ref('stg_claims') }}
    {{ only_touched_patients() }}

),

labelled as (

    {{ labelled(
        'unlabelled', 'claims', 'claim_key',
        codes=[
            ('diagnosis_code', 'diagnosis_code_system'),
            ('procedure_code', 'procedure_code_system')
        ]
    ) }}

),

encounters as (

    select
        encounter_key,
        patient_key,
        sensitivity
    from {{ ref('fct_encounters') }}
    {{ only_touched_patients() }}

),

claims as (

    select
        labelled.claim_key,
        labelled.patient_key,
        labelled.sensitivity | coalesce(encounters.sensitivity, 0) as sensitivity
    from labelled
    left join encounters
        on
            labelled.patient_key = encounters.patient_key
            and labelled.encounter_key = encounters.encounter_key

),

stated_payments as (

    select * from {{ ref('stg_payments') }}
    {{ only_touched_patients() }}

),

payments as (

    select
        stated_payments.*,
        coalesce(claims.sensitivity, 0) as sensitivity
    from stated_payments
    left join claims
        on
            stated_payments.patient_key = claims.patient_key
            and stated_payments.claim_key = claims.claim_key

)

select
    -- keys
    payment_key,
    patient_key,
    claim_key,

    -- codes
    payment_type_code,
    payer_type_code,
    method_code,
    status_code,
    currency_code,

    -- names
    reason_name,

    -- numbers
    amount,

    -- flags
    status_code = 'voided' as is_voided,

    -- labels
    sensitivity,

    -- times
    paid_at,

    -- provenance
    source_system,
    known_from,
    delivery_id,
    file_id,
    line_number

from payments
