"""Suite of ``appointments``: what is to come, what was kept, what was missed."""

from expectations.every_feed import suite
from expectations.identity_rules import holds_no_identifier
from expectations.rules import free_text, identifier, mostly_filled, one_of, required
from expectations.time_rules import in_order, may_be_planned, may_have_happened

STATUSES = ("requested", "booked", "arrived", "fulfilled", "cancelled", "noshow")

SUITE = suite(
    "appointments",
    required("status_code", "Nobody knows whether to expect the patient."),
    identifier("encounter_id"),
    identifier("practitioner_id"),
    identifier("organization_id"),
    identifier("specialty_name"),
    free_text("reason_text"),
    holds_no_identifier("appointment_type_name"),
    holds_no_identifier("cancellation_reason_name"),
    one_of("status_code", STATUSES, "It is neither to come nor over in any list."),
    may_have_happened("requested_at"),
    may_be_planned("starts_at"),
    may_be_planned("ends_at"),
    in_order("starts_at", "ends_at", "The appointment would be over before it began."),
    mostly_filled(
        "starts_at",
        0.5,
        "Only a request has no time yet: more without one is a missed column.",
    ),
)
