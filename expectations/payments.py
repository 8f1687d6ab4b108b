"""Suite of ``payments``: the type is the sign of the amount; neither may be guessed."""

from expectations.every_feed import suite
from expectations.expectation import Severity
from expectations.identity_rules import holds_no_identifier
from expectations.rules import (
    identifier,
    matches,
    number_between,
    one_of,
    required,
)
from expectations.time_rules import happened

TYPES = ("payment", "allocation", "adjustment", "refund")

SUITE = suite(
    "payments",
    required("payment_type_code", "Paid or given back: the balance would be wrong."),
    required("status_code", "A voided payment would count, or a posted one not."),
    required("amount", "A sum of nothing pays nothing."),
    required("paid_at", "Which month it belongs to depends on it."),
    identifier("claim_id"),
    holds_no_identifier("reason_name"),
    one_of(
        "payment_type_code",
        TYPES,
        "Whether it lessens or raises the balance would be guessed.",
        Severity.CRITICAL,
    ),
    one_of(
        "status_code",
        ("posted", "voided"),
        "Whether it counts would be guessed.",
        Severity.CRITICAL,
    ),
    one_of("payer_type_code", ("insurer", "patient"), "Who paid is not known."),
    one_of(
        "method_code",
        ("transfer", "card", "cash", "check"),
        "Not a way to pay that the books have.",
    ),
    number_between(
        "amount",
        (0, None),
        "The type is the sign: a refund below nothing would count as a payment.",
        Severity.CRITICAL,
    ),
    matches("currency_code", "^[A-Z]{3}$", "Not a currency: sums would mix several."),
    happened("paid_at"),
)
