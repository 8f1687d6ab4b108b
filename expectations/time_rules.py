"""The kinds of rules about times.

A fact whose own time is impossible is refused, as one without a time is. A time that
the fact stays true without is counted; one that may rightly lie ahead is not held to
today.
"""

from datetime import UTC, datetime
from typing import Any

from expectations.expectation import Expectation, Kahn, Severity

EARLIEST = datetime(1900, 1, 1, tzinfo=UTC)
BETWEEN = "expect_column_values_to_be_between"
NOT_LATER = {"max_value": {"$PARAMETER": "latest_instant"}}


def naive_day(year: int) -> datetime:
    """Return the first day of a year as a bound for columns of dates."""
    return datetime(year, 1, 1)  # noqa: DTZ001 - dates have no zone


def happened(column: str) -> Expectation:
    """Refuse rows whose own time is before 1900 or after the source's today."""
    return _between(
        column,
        {"min_value": EARLIEST, **NOT_LATER},
        Severity.CRITICAL,
        "Nothing on record happened before 1900 or happens after the source's today; "
        "at this time the fact would stand first or last in every trend.",
    )


def may_have_happened(column: str) -> Expectation:
    """Count an impossible time that the fact stays true without."""
    return _between(
        column,
        {"min_value": EARLIEST, **NOT_LATER},
        Severity.WARNING,
        "The fact stands, this time of it does not: it would bend durations and order.",
    )


def begins(column: str) -> Expectation:
    """Refuse rows whose own time is before 1900; it may be planned ahead."""
    return _between(
        column,
        {"min_value": EARLIEST},
        Severity.CRITICAL,
        "A year before 1900 is a placeholder or a typing error.",
    )


def may_be_planned(column: str) -> Expectation:
    """Count a time before 1900 that may rightly lie ahead."""
    return _between(
        column,
        {"min_value": EARLIEST},
        Severity.WARNING,
        "A year before 1900 is a placeholder or a typing error, and bends durations.",
    )


def in_order(
    earlier: str, later: str, notes: str, severity: Severity = Severity.WARNING
) -> Expectation:
    """Judge that one time is not before another; rows with only one of them pass."""
    return not_less(later, earlier, notes, Kahn.TEMPORAL_PLAUSIBILITY, severity)


def not_less(
    greater: str,
    less: str,
    notes: str,
    kahn: Kahn = Kahn.ATEMPORAL_PLAUSIBILITY,
    severity: Severity = Severity.WARNING,
) -> Expectation:
    """Judge that ``greater`` is at least ``less``; rows with only one of them pass."""
    return Expectation(
        "expect_column_pair_values_a_to_be_greater_than_b",
        {
            "column_A": greater,
            "column_B": less,
            "or_equal": True,
            "ignore_row_if": "either_value_is_missing",
        },
        severity,
        notes,
        kahn,
    )


def _between(
    column: str, limits: dict[str, Any], severity: Severity, notes: str
) -> Expectation:
    return Expectation(
        BETWEEN,
        {"column": column, **limits},
        severity,
        notes,
        Kahn.TEMPORAL_PLAUSIBILITY,
    )
