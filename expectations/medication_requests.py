"""Suite of ``medication_requests``: who asks for a medicine waits for an answer."""

from expectations.every_feed import suite
from expectations.identity_rules import holds_no_identifier
from expectations.rules import free_text, identifier, one_of, required
from expectations.time_rules import happened, in_order, may_have_happened

TYPES = ("new", "refill", "dose_change", "stop", "review")
REQUESTERS = ("patient", "pharmacy", "nurse", "doctor")
STATUSES = ("requested", "approved", "denied", "done", "withdrawn")

SUITE = suite(
    "medication_requests",
    required("request_type_code", "Nobody can answer what is not asked."),
    required("status_code", "Whether it waits for an answer would be unknown."),
    required("requested_at", "How long the patient waits is counted from here."),
    identifier("prescription_id"),
    identifier("encounter_id"),
    identifier("drug_code"),
    identifier("practitioner_id"),
    identifier("answered_by_name"),
    free_text("request_text"),
    free_text("answer_text"),
    holds_no_identifier("drug_name"),
    one_of("request_type_code", TYPES, "It stands on no list of requests."),
    one_of("requester_code", REQUESTERS, "Who has to be answered is unknown."),
    one_of("status_code", STATUSES, "In another status it counts as unanswered."),
    happened("requested_at"),
    may_have_happened("answered_at"),
    in_order("requested_at", "answered_at", "Answered before it was asked."),
)
