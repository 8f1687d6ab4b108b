"""Suite of ``allergies``.

A lost allergy can kill, one with an odd date cannot: only rows without patient,
substance or usable ids are refused.
"""

from expectations.every_feed import suite
from expectations.rules import identifier, mostly_filled, one_of, required
from expectations.time_rules import in_order, may_be_planned, may_have_happened

SUITE = suite(
    "allergies",
    required("substance_code", "An allergy to nothing cannot warn of anything."),
    identifier("substance_code"),
    identifier("encounter_id"),
    one_of(
        "type_code",
        ("allergy", "intolerance"),
        "Any other word is shown as it came and sorted under neither.",
    ),
    one_of(
        "category_code",
        ("drug", "medication", "food", "environment", "biologic"),
        "Screens of prescriptions look at medicines first; an unknown kind comes last.",
    ),
    may_have_happened("started_at"),
    may_be_planned("ended_at"),
    in_order("started_at", "ended_at", "Shown as over before it began."),
    mostly_filled(
        "substance_name", 0.99, "A bare code on the allergy list warns nobody."
    ),
)
