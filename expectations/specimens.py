"""Suite of ``specimens``: a tube that is lost is a diagnosis that comes late."""

from expectations.every_feed import suite
from expectations.identity_rules import holds_no_identifier
from expectations.rules import identifier, mostly_filled, one_of, required
from expectations.time_rules import in_order, may_have_happened

STATUSES = ("ordered", "collected", "received", "in_progress", "rejected", "done")

SUITE = suite(
    "specimens",
    required("specimen_type_name", "Blood or urine: its results mean another thing."),
    required("status_code", "Whether it must be taken again would be unknown."),
    identifier("specimen_type_name"),
    identifier("order_id"),
    identifier("encounter_id"),
    identifier("accession_number"),
    holds_no_identifier("accession_number"),
    holds_no_identifier("rejection_reason_name"),
    one_of("status_code", STATUSES, "In another status it counts as open."),
    may_have_happened("collected_at"),
    may_have_happened("received_at"),
    may_have_happened("status_at"),
    in_order("collected_at", "received_at", "Received before it was taken."),
    mostly_filled(
        "collected_at",
        0.5,
        "Only what is ordered has not been taken: more without a time cannot be aged.",
    ),
)
