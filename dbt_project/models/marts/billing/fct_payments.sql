with

unlabelled as (

    select * from {{ ref('stg_payments') }}
    {{ only_touched_patients() }}

),

payments as (

    {{ labelled('unlabelled', 'payments', 'payment_key') }}

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
