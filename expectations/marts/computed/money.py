"""Claims and what is left to pay, again."""

from expectations.expectation import Severity
from expectations.marts.computed.relation import Computed

MONEY = "The balance tells what to ask of a patient."
PAYMENTS = (
    Computed(
        "fct_claims",
        "balance_amount:again",
        "The balance is what was billed less what was paid and adjusted.",
        MONEY,
        "fact.balance_amount is not null and not fact.is_voided",
        "fact.balance_amount <> fact.billed_amount - fact.paid_amount "
        "- fact.adjusted_amount + fact.refunded_amount",
        Severity.CRITICAL,
    ),
    Computed(
        "fct_claims",
        "is_voided:owes_nothing",
        "Nothing is owed of a claim that was voided.",
        MONEY,
        "fact.is_voided",
        "fact.balance_amount <> 0",
    ),
    Computed(
        "fct_claims",
        "allowed_amount:within",
        "No payer allows more than was billed.",
        MONEY,
        "fact.allowed_amount is not null and fact.billed_amount is not null",
        "fact.allowed_amount > fact.billed_amount",
    ),
    Computed(
        "fct_claims",
        "patient_amount:within",
        "No patient is left more than was billed.",
        MONEY,
        "fact.patient_amount is not null and fact.billed_amount is not null",
        "fact.patient_amount > fact.billed_amount",
    ),
)
