"""What a rule of a suite says to a person, told from its own type and arguments."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from expectations.code_rules import CHECK_DIGIT_TYPE
from expectations.expectation import (
    COLUMNS_TYPE,
    NOT_NULL_TYPE,
    REFUSED_COLUMN,
    UNIQUE_TYPE,
    Expectation,
    Kahn,
    Suite,
    Where,
)
from expectations.thresholds import Origin
from pipelines.access.rule_words import words_of

BETWEEN = "expect_column_values_to_be_between"
PAIR = "expect_column_pair_values_a_to_be_greater_than_b"
PARAMETERS = {
    "latest_instant": "the source's today",
    "latest_date": "the source's today",
    "latest_year": "the source's year",
}
TYPES = {
    COLUMNS_TYPE: ("cdmField",),
    UNIQUE_TYPE: ("isPrimaryKey",),
    "expect_table_row_count_to_be_between": ("cdmTable",),
    "expect_column_value_lengths_to_be_between": ("cdmDatatype",),
    "expect_column_values_to_be_in_set": ("fkDomain",),
    "expect_column_values_to_match_regex": ("fkDomain",),
    CHECK_DIGIT_TYPE: ("isStandardValidConcept",),
}


def sentence_of(suite: Suite, rule: Expectation) -> str:
    """Return what a rule expects: a sentence that no other rule of its feed has."""
    told = words_of(suite.name_of(rule), suite.feed).expected
    details = (
        _told_columns(rule),
        _told_limits(rule.kwargs) if rule.type == BETWEEN else "",
        _told_where(rule.row_condition),
        _told_share(rule),
    )
    return f"{told}{''.join(details)}."


def threshold_of(rule: Expectation) -> str:
    """Return what a breach may not exceed."""
    if "mostly" in rule.kwargs:
        return f"at least {rule.kwargs['mostly']:.0%} of rows keep it"
    return "every load keeps it" if rule.is_about_table else "no row breaks it"


def origin_of(rule: Expectation) -> Origin:
    """Return where a limit comes from: shares were learned, all else is agreed on."""
    return Origin.OBSERVED if "mostly" in rule.kwargs else Origin.STANDARD


def dashboard_types_of(rule: Expectation) -> tuple[str, ...]:
    """Return the check types of OHDSI's dashboard that a rule answers."""
    if rule.is_about_refusals:
        return ()
    if rule.type == NOT_NULL_TYPE:
        is_share = "mostly" in rule.kwargs
        return ("measureValueCompleteness",) if is_share else ("isRequired",)
    is_temporal = rule.kahn is Kahn.TEMPORAL_PLAUSIBILITY
    if rule.type == PAIR:
        return ("plausibleStartBeforeEnd",) if is_temporal else ()
    if rule.type == BETWEEN:
        sides = (
            ("min_value", "plausibleValueLow"),
            ("max_value", "plausibleValueHigh"),
        )
        limited = tuple(name for side, name in sides if side in rule.kwargs)
        return ("plausibleTemporalAfter",) if is_temporal else limited
    return TYPES.get(rule.type, ())


def _told_columns(rule: Expectation) -> str:
    if rule.type != COLUMNS_TYPE:
        return ""
    return f": {', '.join(rule.kwargs['column_set'])}"


def _told_share(rule: Expectation) -> str:
    if "mostly" not in rule.kwargs or rule.columns == (REFUSED_COLUMN,):
        return ""
    return f" (at least {rule.kwargs['mostly']:.0%})"


def _told_where(where: Where | None) -> str:
    if where is None:
        return ""
    word = "is none of" if where.is_other else "is"
    return f", where {where.column} {word} {' or '.join(where.values)}"


def _told_limits(kwargs: Mapping[str, Any]) -> str:
    low = _told(kwargs["min_value"]) if "min_value" in kwargs else ""
    high = _told(kwargs["max_value"]) if "max_value" in kwargs else ""
    if low and high:
        return f": from {low} to {high}"
    return f": {low} or more" if low else f": at most {high}"


def _told(limit: object) -> str:
    if isinstance(limit, Mapping):
        return PARAMETERS[limit["$PARAMETER"]]
    if isinstance(limit, datetime):
        return f"{limit:%Y-%m-%d}"
    return f"{limit:g}" if isinstance(limit, int | float) else str(limit)
