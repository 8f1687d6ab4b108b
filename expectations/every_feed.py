"""What every feed has: identifiers of usable length, and rules about the load."""

from collections.abc import Sequence

from expectations.expectation import (
    COLUMNS_TYPE,
    NOT_NULL_TYPE,
    REFUSED_COLUMN,
    UNIQUE_TYPE,
    Expectation,
    Kahn,
    Severity,
    Suite,
)
from expectations.identity_rules import names_somebody
from expectations.rules import identifier, required


def suite(feed: str, *rules: Expectation, has_patient: bool = True) -> Suite:
    """Return the suite of a feed: the rules of every feed, then its own."""
    patient = (
        required("source_patient_id", "A fact without a patient is nobody's."),
        identifier("source_patient_id"),
        names_somebody("source_patient_id"),
    )
    rows = (identifier("record_id"), *(patient if has_patient else ()), *rules)
    return Suite(feed, (*_load_rules(rows), *rows))


def _load_rules(rows: Sequence[Expectation]) -> tuple[Expectation, ...]:
    needed = [
        rule.kwargs["column"]
        for rule in rows
        if rule.type == NOT_NULL_TYPE and rule.is_row_level
    ]
    return (_has_columns(needed), _is_not_empty(), _is_mostly_accepted(), _is_unique())


def _has_columns(needed: list[str]) -> Expectation:
    return Expectation(
        COLUMNS_TYPE,
        {"column_set": ["record_id", *needed], "exact_match": False},
        Severity.CRITICAL,
        "Without these columns no row can be a fact: another table's file.",
        Kahn.RELATIONAL_CONFORMANCE,
    )


def _is_not_empty() -> Expectation:
    return Expectation(
        "expect_table_row_count_to_be_between",
        {"min_value": 1},
        Severity.WARNING,
        "An empty delivery may be a quiet day or a broken export: look.",
        Kahn.ATEMPORAL_PLAUSIBILITY,
    )


def _is_mostly_accepted() -> Expectation:
    return Expectation(
        "expect_column_values_to_be_in_set",
        {"column": REFUSED_COLUMN, "value_set": [False], "mostly": 0.5},
        Severity.CRITICAL,
        "More than half of the rows refused is a fault of the delivery or its mapping; "
        "landing the rest would show a fraction as if it were the whole.",
        Kahn.VALUE_CONFORMANCE,
    )


def _is_unique() -> Expectation:
    return Expectation(
        UNIQUE_TYPE,
        {"column_list": ["source_system", "record_id"]},
        Severity.WARNING,
        "Two contents of one fact in one load: only one of them can be current.",
        Kahn.UNIQUENESS,
    )
