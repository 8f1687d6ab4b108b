"""Suite of ``care_team``: it decides who may open whose record."""

from expectations.every_feed import suite
from expectations.expectation import Severity
from expectations.rules import identifier, required
from expectations.time_rules import in_order, may_be_planned

SUITE = suite(
    "care_team",
    required("practitioner_id", "A right to see a patient must belong to somebody."),
    identifier("practitioner_id"),
    identifier("encounter_id"),
    in_order(
        "started_at",
        "ended_at",
        "A period that ends before it starts grants access to nobody or for ever.",
        Severity.CRITICAL,
    ),
    may_be_planned("started_at"),
)
