"""Billing: claims, and what was paid."""

from pipelines.feeds.contract import Feed, at, number, text

CLAIMS = Feed(
    name="claims",
    meaning="One bill for one visit to one payer.",
    columns=(
        text("encounter_id", "Encounter that is billed.", example="E0001"),
        text("coverage_id", "Insurance that is billed.", example="CV0001"),
        text("payer_name", "Who is billed.", example="Example Health Plan"),
        text(
            "claim_type_code",
            "institutional, professional or pharmacy.",
            example="professional",
        ),
        text(
            "status_code",
            "draft, submitted, accepted, rejected, corrected, paid or voided.",
            is_required=True,
            example="submitted",
        ),
        text("status_reason_name", "Why it was rejected, corrected or voided."),
        text("diagnosis_code", "Principal diagnosis.", example="E11.9"),
        text("diagnosis_code_system", "Its code system.", example="ICD-10-CM"),
        text("procedure_code", "Procedure billed.", example="99213"),
        text("procedure_code_system", "Its code system.", example="CPT"),
        text("replaces_claim_id", "Claim that this one corrects."),
        number("billed_amount", "Amount billed.", example="180.00"),
        number("allowed_amount", "Amount that the payer allows.", example="142.50"),
        number("patient_amount", "Amount left to the patient.", example="20.00"),
        text("currency_code", "ISO 4217 code.", example="USD"),
        at("service_started_at", "Start of what is billed."),
        at("service_ended_at", "End of what is billed."),
        at("submitted_at", "When it was sent.", example="2026-02-05T09:00:00Z"),
    ),
    natural_key=("record_id",),
    event_at="service_started_at",
)

PAYMENTS = Feed(
    name="payments",
    meaning="One sum paid, allocated, adjusted or given back.",
    columns=(
        text("claim_id", "Claim that it is for.", example="CL0001"),
        text(
            "payment_type_code",
            "payment, allocation, adjustment or refund.",
            is_required=True,
            example="payment",
        ),
        text("payer_type_code", "insurer or patient.", example="insurer"),
        text("method_code", "transfer, card, cash or check.", example="transfer"),
        text("status_code", "posted or voided.", is_required=True, example="posted"),
        text("reason_name", "Why it was adjusted, refunded or voided."),
        number("amount", "Amount; never negative.", is_required=True, example="122.50"),
        text("currency_code", "ISO 4217 code.", example="USD"),
        at(
            "paid_at",
            "When it was posted.",
            is_required=True,
            example="2026-03-01T09:00:00Z",
        ),
    ),
    natural_key=("record_id",),
    event_at="paid_at",
)

FEEDS = (CLAIMS, PAYMENTS)
