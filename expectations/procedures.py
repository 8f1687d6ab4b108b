"""Suite of ``procedures``."""

from expectations.code_rules import (
    PROCEDURE_SHAPES,
    loinc_where_stated,
    shaped_as_stated,
)
from expectations.every_feed import suite
from expectations.rules import identifier, mostly_filled, number_between, required
from expectations.time_rules import happened, in_order, may_be_planned

SUITE = suite(
    "procedures",
    required("procedure_code", "A procedure without a code is no fact."),
    required("started_at", "Done, but never: it would be in no period and no order."),
    identifier("procedure_code"),
    identifier("encounter_id"),
    *shaped_as_stated("procedure_code", PROCEDURE_SHAPES),
    loinc_where_stated("procedure_code"),
    number_between(
        "sequence_number", (0, 100), "A rank above 100 is another column's number."
    ),
    happened("started_at"),
    may_be_planned("ended_at"),
    in_order("started_at", "ended_at", "The duration would be negative."),
    mostly_filled("code_system", 0.95, "A code outside its system maps to nothing."),
)
