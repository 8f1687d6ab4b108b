"""Suite of ``medication_reconciliations``: who decided what about a line of a list."""

from expectations.every_feed import suite
from expectations.identity_rules import holds_no_identifier
from expectations.rules import free_text, identifier, matches, one_of, required
from expectations.time_rules import happened

LINES = ("list", "medicine")
OCCASIONS = ("admission", "transfer", "discharge", "other")
DECISIONS = ("continue", "change", "stop", "not_taken", "ask")
STATUSES = ("signed", "withdrawn")

SUITE = suite(
    "medication_reconciliations",
    required("line_code", "A decision about a line must not pass for the signature."),
    required("status_code", "What was withdrawn must not count as signed."),
    required("decided_at", "What has changed since is told from here."),
    identifier("practitioner_id"),
    identifier("decided_by_name"),
    free_text("reason_name"),
    holds_no_identifier("medicine_name"),
    one_of("line_code", LINES, "It is neither a line nor the list."),
    one_of("occasion_code", OCCASIONS, "It stands on no list of occasions."),
    one_of("decision_code", DECISIONS, "What becomes of the medicine is unknown."),
    one_of("status_code", STATUSES, "Whether it holds would be unknown."),
    matches(
        "seen_digests",
        "^[0-9a-f]{16}( [0-9a-f]{16})*$",
        "A digest of another shape never equals that of a fact.",
    ),
    happened("decided_at"),
)
