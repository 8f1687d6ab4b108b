"""Suite of ``dispenses``; see ``prescriptions`` for what is refused and why."""

from expectations.every_feed import suite
from expectations.rules import identifier, mostly_filled, number_between
from expectations.time_rules import in_order, may_be_planned, may_have_happened

SUITE = suite(
    "dispenses",
    identifier("drug_code"),
    identifier("encounter_id"),
    identifier("prescription_id"),
    identifier("pharmacy_order_id"),
    may_have_happened("dispensed_at"),
    may_be_planned("started_at"),
    may_be_planned("ended_at"),
    in_order(
        "started_at",
        "ended_at",
        "Stopped before it started (4 % in the real set seen): never given.",
    ),
    number_between(
        "days_supply", (1, 365), "Covered days would shrink or run over years."
    ),
    number_between(
        "doses_per_day", (0, 96), "More than one dose in each quarter of an hour."
    ),
    number_between("quantity", (0, None), "A negative amount cannot be dispensed."),
    number_between("refill_number", (0, 24), "No prescription is refilled so often."),
    mostly_filled("dispensed_at", 0.95, "Adherence counts days from each dispense."),
)
