"""Suite of ``lab_results``.

Extreme values land: a contaminated specimen is a real finding, and the marts, which
know unit and range, say INVALID or CRITICAL. Refused is only what no laboratory can
report.
"""

from expectations.code_rules import loinc_where_stated
from expectations.every_feed import suite
from expectations.expectation import Expectation, Kahn, Severity
from expectations.identity_rules import asks_no_identifier, holds_no_identifier
from expectations.rules import (
    free_text,
    identifier,
    mostly_filled,
    number_between,
    required,
)
from expectations.time_rules import happened, in_order, may_have_happened, not_less

# Red cells per litre, 5e12, are the greatest count that any unit in use gives.
LARGEST_NUMBER = 1e14


def _ranges_are_not_swapped() -> Expectation:
    """Hold a load whose low and high limits are in each other's columns."""
    one_row = not_less("reference_high", "reference_low", "")
    return Expectation(
        one_row.type,
        {**one_row.kwargs, "mostly": 0.5},
        Severity.CRITICAL,
        "Low above high in most rows: the two columns are swapped, and every result "
        "would be flagged by a range that nothing fits.",
        Kahn.ATEMPORAL_PLAUSIBILITY,
        label="load",
    )


SUITE = suite(
    "lab_results",
    required("test_code", "A value of nothing is no fact."),
    required("collected_at", "A trend needs the time of each point."),
    identifier("test_code"),
    identifier("encounter_id"),
    identifier("order_id"),
    identifier("specimen_id"),
    identifier("practitioner_id"),
    free_text("value_text"),
    free_text("comment_text"),
    holds_no_identifier("value_text"),
    *asks_no_identifier("test_code", "test_name"),
    loinc_where_stated("test_code"),
    happened("collected_at"),
    may_have_happened("resulted_at"),
    in_order(
        "collected_at",
        "resulted_at",
        "Clocks of analyser and ward differ: the value is real, its delay is not.",
    ),
    number_between(
        "value_number",
        (-LARGEST_NUMBER, LARGEST_NUMBER),
        "Beyond any quantity in any unit: a barcode or telephone number was read.",
        Severity.CRITICAL,
    ),
    number_between(
        "reference_low",
        (-LARGEST_NUMBER, LARGEST_NUMBER),
        "Beyond any quantity in any unit: the range is another column's number.",
    ),
    number_between(
        "reference_high",
        (-LARGEST_NUMBER, LARGEST_NUMBER),
        "Beyond any quantity in any unit: the range is another column's number.",
    ),
    not_less(
        "reference_high",
        "reference_low",
        "The value is real and lands; nothing fits this range, so it must not flag it.",
    ),
    _ranges_are_not_swapped(),
    mostly_filled("code_system", 0.95, "A code outside its system maps to nothing."),
    mostly_filled(
        "value_text",
        0.6,
        "9 % of results in the real set seen are comments only, 26 % of the first ones "
        "of its patients; two in five mean that the value column was missed.",
    ),
    mostly_filled(
        "unit",
        0.75,
        "14 % of results in the real set seen have no unit (ratios, cultures); more "
        "cannot be compared over time.",
    ),
)
