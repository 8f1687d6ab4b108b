"""Suite of ``claims``: what is billed, and to whom."""

from expectations.code_rules import ICD_10_CM
from expectations.every_feed import suite
from expectations.expectation import Severity, Where
from expectations.identity_rules import holds_no_identifier
from expectations.rules import (
    identifier,
    matches,
    mostly_filled,
    number_between,
    one_of,
    required,
)
from expectations.time_rules import in_order, may_have_happened

STATUSES = (
    *("draft", "submitted", "accepted", "rejected"),
    *("corrected", "paid", "voided"),
)
TYPES = ("institutional", "professional", "pharmacy")
NEVER_NEGATIVE = (
    "A bill below nothing turns a debt into a credit: it is another table's."
)

SUITE = suite(
    "claims",
    required("status_code", "A voided claim would be asked for, or an open one not."),
    identifier("encounter_id"),
    identifier("coverage_id"),
    identifier("replaces_claim_id"),
    identifier("payer_name"),
    identifier("diagnosis_code"),
    identifier("procedure_code"),
    holds_no_identifier("payer_name"),
    holds_no_identifier("status_reason_name"),
    matches(
        "diagnosis_code",
        ICD_10_CM,
        "Not a code of ICD-10-CM: no payer takes it.",
        Where("diagnosis_code_system", ("ICD-10-CM",)),
        label="ICD-10-CM",
    ),
    one_of("status_code", STATUSES, "Whether it is still owed would be unknown."),
    one_of("claim_type_code", TYPES, "It goes on no form that a payer takes."),
    number_between("billed_amount", (0, None), NEVER_NEGATIVE, Severity.CRITICAL),
    number_between("allowed_amount", (0, None), "No payer allows less than nothing."),
    number_between("patient_amount", (0, None), "No patient owes less than nothing."),
    matches("currency_code", "^[A-Z]{3}$", "Not a currency: sums would mix several."),
    may_have_happened("service_started_at"),
    may_have_happened("service_ended_at"),
    may_have_happened("submitted_at"),
    in_order(
        "service_started_at",
        "service_ended_at",
        "What is billed would end before it began.",
    ),
    mostly_filled("billed_amount", 0.9, "A claim without an amount has no balance."),
)
