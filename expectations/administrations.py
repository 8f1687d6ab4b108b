"""Suite of ``administrations``: a dose given twice harms, and so does one never given.

A dose in an unknown status lands, and counts as neither given nor not given.
"""

from expectations.every_feed import suite
from expectations.identity_rules import holds_no_identifier
from expectations.rules import identifier, mostly_filled, one_of, required
from expectations.time_rules import happened, may_be_planned

STATUSES = ("given", "withheld", "refused", "missed")

SUITE = suite(
    "administrations",
    required("drug_name", "A dose of nothing that anybody can name."),
    required("status_code", "Given or not: the next nurse would have to guess."),
    required("administered_at", "The next dose is counted from this one."),
    identifier("prescription_id"),
    identifier("encounter_id"),
    identifier("drug_code"),
    identifier("practitioner_id"),
    identifier("performer_name"),
    identifier("dose_text"),
    holds_no_identifier("drug_name"),
    holds_no_identifier("reason_name"),
    one_of("status_code", STATUSES, "It counts as neither given nor not given."),
    happened("administered_at"),
    may_be_planned("scheduled_at"),
    mostly_filled("dose_text", 0.5, "How much was given would be unknown."),
)
