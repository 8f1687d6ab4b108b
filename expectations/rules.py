"""The kinds of rules about values that suites are made of.

What is refused, and what is only counted: a row is refused when it cannot be a true
fact (no patient, no code, no possible time, a number beyond any unit). What is true
although one part of it is wrong (an allergy with an odd onset, a result with a swapped
range) lands, and the part is counted: losing it would harm more than keeping it.
"""

from collections.abc import Sequence

from expectations.expectation import (
    NOT_NULL_TYPE,
    Expectation,
    Kahn,
    Severity,
    Where,
)

LONGEST_IDENTIFIER = 255
LONGEST_TEXT = 100_000


def required(column: str, notes: str) -> Expectation:
    """Refuse rows without a value."""
    return Expectation(
        NOT_NULL_TYPE,
        {"column": column},
        Severity.CRITICAL,
        notes,
        Kahn.RELATIONAL_CONFORMANCE,
    )


def mostly_filled(
    column: str, share: float, notes: str, where: Where | None = None
) -> Expectation:
    """Count a load in which fewer rows than ``share`` have a value."""
    return Expectation(
        NOT_NULL_TYPE,
        {"column": column, "mostly": share},
        Severity.WARNING,
        notes,
        Kahn.COMPLETENESS,
        row_condition=where,
        label="share",
    )


def identifier(column: str) -> Expectation:
    """Refuse identifiers and codes that are too long to be one."""
    return _no_longer_than(
        LONGEST_IDENTIFIER,
        column,
        "Longer than any identifier or code: a shifted column or an unclosed quote.",
    )


def free_text(column: str) -> Expectation:
    """Refuse texts that are too long to have been written about one fact."""
    return _no_longer_than(
        LONGEST_TEXT,
        column,
        "Some 30 pages in one field: an unclosed quote swallowed other records.",
    )


def one_of(
    column: str,
    values: Sequence[str],
    notes: str,
    severity: Severity = Severity.WARNING,
) -> Expectation:
    """Judge a column whose values the contract names."""
    return Expectation(
        "expect_column_values_to_be_in_set",
        {"column": column, "value_set": list(values)},
        severity,
        notes,
        Kahn.VALUE_CONFORMANCE,
    )


def number_between(
    column: str,
    limits: tuple[float | None, float | None],
    notes: str,
    severity: Severity = Severity.WARNING,
) -> Expectation:
    """Judge a number by limits, both inclusive, that hold in any unit."""
    named = zip(("min_value", "max_value"), limits, strict=True)
    return Expectation(
        "expect_column_values_to_be_between",
        {"column": column} | {key: limit for key, limit in named if limit is not None},
        severity,
        notes,
        Kahn.ATEMPORAL_PLAUSIBILITY,
    )


def matches(
    column: str, regex: str, notes: str, where: Where | None = None, label: str = ""
) -> Expectation:
    """Count values of another shape than the standard behind them has."""
    return Expectation(
        "expect_column_values_to_match_regex",
        {"column": column, "regex": regex},
        Severity.WARNING,
        notes,
        Kahn.VALUE_CONFORMANCE,
        row_condition=where,
        label=label,
    )


def well_decoded(column: str) -> Expectation:
    """Count names with traces of a wrong character set."""
    return Expectation(
        "expect_column_values_to_not_match_regex",
        {"column": column, "regex": "\ufffd|Ã[\u0080-\u00bf]"},
        Severity.WARNING,
        "UTF-8 read as Latin-1, or lost letters: the person is not found by name.",
        Kahn.VALUE_CONFORMANCE,
        label="decoding",
    )


def _no_longer_than(longest: int, column: str, notes: str) -> Expectation:
    return Expectation(
        "expect_column_value_lengths_to_be_between",
        {"column": column, "max_value": longest},
        Severity.CRITICAL,
        notes,
        Kahn.VALUE_CONFORMANCE,
    )
