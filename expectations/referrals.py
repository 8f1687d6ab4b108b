"""Suite of ``referrals``: a patient sent on must arrive somewhere."""

from expectations.every_feed import suite
from expectations.identity_rules import holds_no_identifier
from expectations.rules import free_text, identifier, one_of, required
from expectations.time_rules import happened, in_order, may_have_happened

STATUSES = (
    *("requested", "accepted", "scheduled"),
    *("completed", "declined", "cancelled"),
)

SUITE = suite(
    "referrals",
    required("specialty_name", "Sent, but nobody knows where to."),
    required("status_code", "Whether somebody still has to act would be unknown."),
    required("requested_at", "How long the patient waits is counted from here."),
    identifier("specialty_name"),
    identifier("encounter_id"),
    identifier("organization_id"),
    identifier("practitioner_id"),
    identifier("reason_code"),
    free_text("question_text"),
    holds_no_identifier("reason_name"),
    one_of(
        "priority_code", ("routine", "urgent"), "An urgent one could be overlooked."
    ),
    one_of("status_code", STATUSES, "In another status it counts as open."),
    happened("requested_at"),
    may_have_happened("completed_at"),
    in_order("requested_at", "completed_at", "Done with before it was made."),
)
