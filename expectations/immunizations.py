"""Suite of ``immunizations``."""

from expectations.every_feed import suite
from expectations.expectation import Where
from expectations.rules import identifier, matches, mostly_filled, required
from expectations.time_rules import happened

SUITE = suite(
    "immunizations",
    required("vaccine_code", "Protection against nothing cannot be counted."),
    required("administered_at", "Intervals between doses need the day of each."),
    identifier("vaccine_code"),
    identifier("encounter_id"),
    matches(
        "vaccine_code",
        "^[0-9]{1,3}$",
        "CVX codes are numbers of up to three digits; others map to no vaccine.",
        Where("code_system", ("CVX",)),
    ),
    happened("administered_at"),
    mostly_filled("vaccine_name", 0.95, "A bare code tells a patient nothing."),
)
