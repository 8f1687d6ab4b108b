with

claims as (

    select
        claim_key,
        patient_key,
        claim_sensitivity
    from {{ ref('int_claims_labelled') }}
    {{ only_touched_patients() }}

),

stated_payments as (

    select * from {{ ref('stg_payments') }}
    {{ only_touched_patients() }}

),

payments as (

    select
        stated_payments.*,
        coalesce(claims.claim_sensitivity, 0) as sensitivity
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
