"""Suite of ``encounters``: visits, admissions, and stays within them."""

from expectations.every_feed import suite
from expectations.expectation import Severity
from expectations.rules import identifier, mostly_filled, required
from expectations.time_rules import happened, in_order, may_be_planned

SUITE = suite(
    "encounters",
    required("started_at", "Without a start there is no stay, no length, no order."),
    identifier("practitioner_id"),
    identifier("organization_id"),
    identifier("part_of_encounter_id"),
    happened("started_at"),
    may_be_planned("ended_at"),
    in_order(
        "started_at",
        "ended_at",
        "No visit ends before it starts: length of stay and readmission would be "
        "negative.",
        Severity.CRITICAL,
    ),
    mostly_filled(
        "encounter_class_code", 0.95, "Unknown settings fall out of inpatient counts."
    ),
    mostly_filled(
        "ended_at",
        0.7,
        "Open visits are rare (none in most sets seen, a fifth of stays in one): many "
        "mean an export without ends, and no length of stay.",
    ),
)
