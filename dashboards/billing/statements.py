"""The SQL of billing: claims as the marts have them."""

CLAIM_COUNTS = """
    select
        claim.status_code,
        claim.payer_name,
        count(*) as claims_count,
        sum(claim.balance_amount) filter (where claim.is_outstanding)
            as outstanding_amount,
        claim.currency_code
    from marts.fct_claims as claim
    group by claim.status_code, claim.payer_name, claim.currency_code
    order by claim.status_code, claim.payer_name, claim.currency_code
"""
# The oldest first: what waits longest is what somebody has to ask for.
CLAIMS = """
    select
        claim.claim_key,
        claim.patient_key,
        claim.status_code,
        claim.payer_name,
        claim.billed_amount,
        claim.balance_amount,
        claim.currency_code,
        claim.is_replaced,
        claim.service_started_at,
        claim.submitted_at
    from marts.fct_claims as claim
    where (%(status)s::text is null or claim.status_code = %(status)s)
        and (%(payer)s::text is null or claim.payer_name = %(payer)s)
    order by claim.service_started_at nulls last, claim.claim_key
    limit %(most)s
"""
