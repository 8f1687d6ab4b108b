"""Suite of ``conditions``.

Only a row without patient, code or usable ids is refused: a diagnosis with a wrong
onset is a diagnosis still.
"""

from expectations.code_rules import SHAPES, shaped_as_stated
from expectations.every_feed import suite
from expectations.rules import (
    identifier,
    mostly_filled,
    number_between,
    one_of,
    required,
)
from expectations.time_rules import in_order, may_be_planned, may_have_happened

# Ours, and HL7's words for the first two (condition-category).
CATEGORIES = (
    "problem",
    "problem-list-item",
    "encounter",
    "encounter-diagnosis",
    "billing",
)
SUITE = suite(
    "conditions",
    required("condition_code", "A diagnosis without a code or local code is no fact."),
    identifier("condition_code"),
    identifier("encounter_id"),
    *shaped_as_stated("condition_code", SHAPES),
    one_of(
        "category_code",
        CATEGORIES,
        "Problem lists take problems only; another word hides the diagnosis there.",
    ),
    number_between(
        "sequence_number", (0, 100), "A rank above 100 is another column's number."
    ),
    may_have_happened("started_at"),
    may_be_planned("ended_at"),
    may_have_happened("recorded_at"),
    in_order("started_at", "ended_at", "Shown as over before it began."),
    mostly_filled("code_system", 0.95, "A code outside its system maps to nothing."),
)
