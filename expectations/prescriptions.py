"""Suite of ``prescriptions``.

A medicine with a wrong number or time is a medicine still, and may interact with the
next one: it lands, and what is wrong is counted.
"""

from expectations.every_feed import suite
from expectations.rules import identifier, mostly_filled, number_between
from expectations.time_rules import in_order, may_be_planned

SUITE = suite(
    "prescriptions",
    identifier("drug_code"),
    identifier("encounter_id"),
    identifier("pharmacy_order_id"),
    identifier("practitioner_id"),
    may_be_planned("started_at"),
    may_be_planned("ended_at"),
    in_order(
        "started_at",
        "ended_at",
        "Stopped before it started (4 % in the real set seen: orders cancelled before "
        "the first dose): never active, but ordered.",
    ),
    number_between(
        "days_supply", (1, 365), "Covered days would shrink or run over years."
    ),
    number_between(
        "doses_per_day", (0, 96), "More than one dose in each quarter of an hour."
    ),
    number_between("quantity", (0, None), "A negative amount cannot be dispensed."),
    number_between("refills_allowed", (0, 24), "No prescription is refilled so often."),
    mostly_filled("drug_name", 0.99, "A nameless medicine on a list helps nobody."),
    mostly_filled("started_at", 0.95, "Whether it is active depends on its start."),
)
