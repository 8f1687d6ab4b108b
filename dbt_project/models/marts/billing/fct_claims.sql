{#-
    What is still owed of a claim: billed, less what was paid, allocated and adjusted, plus
    what was given back. Voided sums do not count, and of a voided claim nothing is owed.
    A payment that names a claim is allocated to it already; an allocation moves to a claim
    what had come in without one. Sums in another currency than the claim's are not added
    up: the balance is unknown.
-#}
with

claims as (

    select * from {{ ref('int_claims_labelled') }}
    {{ only_touched_patients() }}

),

payments as (

    select * from {{ ref('fct_payments') }}
    {{ only_touched_patients() }}

),

sums as (

    select
        patient_key,
        claim_key,
        sum(
            case when payment_type_code in ('payment', 'allocation') then amount end
        ) as paid_amount,
        sum(case when payment_type_code = 'adjustment' then amount end)
            as adjusted_amount,
        sum(case when payment_type_code = 'refund' then amount end) as refunded_amount,
        min(coalesce(currency_code, '')) as first_currency_code,
        max(coalesce(currency_code, '')) as last_currency_code
    from payments
    where not is_voided and claim_key is not null
    group by patient_key, claim_key

),

replaced as (

    select distinct
        patient_key,
        replaces_claim_key
    from claims
    where replaces_claim_key is not null and status_code <> 'voided'

),

with_sums as (

    select
        claims.*,
        coalesce(sums.paid_amount, 0) as paid_amount,
        coalesce(sums.adjusted_amount, 0) as adjusted_amount,
        coalesce(sums.refunded_amount, 0) as refunded_amount,
        replaced.replaces_claim_key is not null as is_replaced,
        coalesce(
            sums.first_currency_code <> coalesce(claims.currency_code, '')
            or sums.last_currency_code <> coalesce(claims.currency_code, ''),
            false
        ) as has_other_currency
    from claims
    left join sums
        on
            claims.patient_key = sums.patient_key
            and claims.claim_key = sums.claim_key
    left join replaced
        on
            claims.patient_key = replaced.patient_key
            and claims.claim_key = replaced.replaces_claim_key

),

balanced as (

    select
        *,
        case
            when status_code = 'voided' then 0
            when not has_other_currency
                then billed_amount - paid_amount - adjusted_amount + refunded_amount
        end as balance_amount
    from with_sums

)

select
    -- keys
    claim_key,
    patient_key,
    encounter_key,
    coverage_key,
    replaces_claim_key,

    -- codes
    claim_type_code,
    status_code,
    diagnosis_code,
    diagnosis_code_system,
    procedure_code,
    procedure_code_system,
    currency_code,

    -- names
    payer_name,
    status_reason_name,

    -- numbers
    billed_amount,
    allowed_amount,
    patient_amount,
    paid_amount,
    adjusted_amount,
    refunded_amount,
    balance_amount,

    -- flags
    has_other_currency,
    is_replaced,
    status_code = 'voided' as is_voided,
    balance_amount > 0
    and status_code not in ('draft', 'voided')
    and not is_replaced as is_outstanding,

    -- labels
    claim_sensitivity as sensitivity,

    -- times
    service_started_at,
    service_ended_at,
    submitted_at,

    -- provenance
    source_system,
    known_from,
    delivery_id,
    file_id,
    line_number

from balanced
