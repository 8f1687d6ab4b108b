"""Suite of ``correction_requests``: a patient may ask, and must be answered."""

from expectations.every_feed import suite
from expectations.rules import free_text, identifier, one_of, required
from expectations.time_rules import happened, in_order, may_have_happened

STATUSES = ("requested", "accepted", "denied", "withdrawn")

SUITE = suite(
    "correction_requests",
    required("subject_code", "Nobody can correct what is not named."),
    required("status_code", "Whether it waits for an answer is what the law asks."),
    required("requested_at", "The days to answer are counted from here."),
    identifier("subject_code"),
    identifier("subject_id"),
    identifier("answered_by_name"),
    free_text("request_text"),
    free_text("answer_text"),
    one_of("status_code", STATUSES, "In another status it counts as unanswered."),
    happened("requested_at"),
    may_have_happened("answered_at"),
    in_order("requested_at", "answered_at", "Answered before it was asked."),
)
