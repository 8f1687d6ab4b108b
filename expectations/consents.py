"""Suite of ``consents``: what a patient allows and forbids.

A decision in other words than the contract's would be read as neither, and the one
before it would go on holding: it is refused, and somebody has to look.
"""

from expectations.every_feed import suite
from expectations.expectation import Severity
from expectations.identity_rules import holds_no_identifier
from expectations.rules import identifier, one_of, required
from expectations.time_rules import begins, in_order, may_be_planned

SCOPES = ("research", "sharing", "treating_team_only", "ask_first")

SUITE = suite(
    "consents",
    required("scope_code", "A decision about nothing protects nobody."),
    required("decision_code", "Permit or deny: guessing would open or close a record."),
    required("started_at", "The latest decision holds: each needs its time."),
    one_of(
        "scope_code",
        SCOPES,
        "Nothing follows from a scope that nobody knows: the wish would be lost.",
        Severity.CRITICAL,
    ),
    one_of(
        "decision_code",
        ("permit", "deny"),
        "Any other word would be read as neither, and the earlier one would hold.",
        Severity.CRITICAL,
    ),
    identifier("recipient_name"),
    identifier("recorded_by_name"),
    holds_no_identifier("recipient_name"),
    begins("started_at"),
    may_be_planned("ended_at"),
    in_order(
        "started_at",
        "ended_at",
        "A period that ends before it starts protects nobody or for ever.",
        Severity.CRITICAL,
    ),
)
