"""Suite of ``patient_links``: who is the same person as whom."""

from expectations.every_feed import suite
from expectations.expectation import Severity
from expectations.rules import identifier, one_of, required
from expectations.time_rules import happened

SUITE = suite(
    "patient_links",
    required("link_type_code", "Merge or unmerge: guessing would mix two people."),
    required("surviving_patient_id", "A merge into nobody loses a person's record."),
    required("linked_at", "Later decisions undo earlier ones: each needs its time."),
    identifier("surviving_patient_id"),
    one_of(
        "link_type_code",
        ("merge", "unmerge"),
        "Any other word would be read as neither, and two people stay mixed.",
        Severity.CRITICAL,
    ),
    happened("linked_at"),
)
