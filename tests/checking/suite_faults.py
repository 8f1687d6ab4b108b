"""A load that breaks one rule of a suite, made from the rule itself."""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import polars as pl

from expectations.code_rules import CHECK_DIGIT_TYPE
from expectations.expectation import (
    COLUMNS_TYPE,
    NOT_NULL_TYPE,
    UNIQUE_TYPE,
    Expectation,
)
from expectations.results import Counts
from expectations.runner import Evaluation
from pipelines.feeds.catalogue import FEEDS
from pipelines.feeds.contract import ColumnType
from tests.expectations.rows import example

ROWS = 20  # a share of fewer is not judged
ROW_COUNT = "expect_table_row_count_to_be_between"
BETWEEN = "expect_column_values_to_be_between"
PAIR = "expect_column_pair_values_a_to_be_greater_than_b"
LENGTH = "expect_column_value_lengths_to_be_between"
MATCH = "expect_column_values_to_match_regex"
NOT_MATCH = "expect_column_values_to_not_match_regex"
IN_SET = "expect_column_values_to_be_in_set"
NOT_IN_SET = "expect_column_values_to_not_be_in_set"
# One of these is found by every rule that forbids a form.
FORBIDDEN = (
    *("NULL", "\ufffd", "123-45-6789", "What address do you live at?"),
    *("371", "1000", "101", "-2"),
)
LAST_YEAR = "2999-01-01T00:00:00Z"
FIRST_YEAR = "1800-01-01T00:00:00Z"


def break_rule(evaluation: Evaluation, rule: Expectation, side: str) -> set[str]:
    """Judge rows that break the rule; return the names of rules that refuse them."""
    feed = evaluation.suite.feed
    if rule.type == UNIQUE_TYPE:
        evaluation.add(_rows(feed, {}))
        evaluation.record(rule.rule, Counts(ROWS, 0, 2))
        return set()
    if rule.type == COLUMNS_TYPE:
        evaluation.add(_rows(feed, {}).drop(rule.kwargs["column_set"][-1]))
        return set()
    if rule.type == ROW_COUNT:
        evaluation.add(_rows(feed, {}).clear())
        return set()
    verdict = evaluation.add(_rows(feed, _changes(feed, rule, side)))
    return {name for names in verdict.rules.to_list() for name in names}


def sides_of(rule: Expectation) -> Iterator[str]:
    """Yield the sides on which a rule can be broken."""
    if rule.type != BETWEEN:
        yield ""
        return
    yield from (side for side in ("min_value", "max_value") if side in rule.kwargs)


def sound_rows(feed: str) -> pl.DataFrame:
    """Return rows that break no rule."""
    return _rows(feed, {})


def _rows(feed: str, changes: dict[str, str | None]) -> pl.DataFrame:
    return pl.concat([example(feed, **changes)] * ROWS)


def _changes(feed: str, rule: Expectation, side: str) -> dict[str, str | None]:
    where: dict[str, str | None] = {}
    if rule.row_condition is not None:
        values = rule.row_condition.values
        where = {rule.row_condition.column: values[0]}
        if rule.row_condition.is_other:
            where = {rule.row_condition.column: "anything else"}
    return where | _broken(feed, rule, side)


def _broken(feed: str, rule: Expectation, side: str) -> dict[str, str | None]:
    if rule.is_about_refusals:
        return {"record_id": "x" * 256}
    if rule.type == PAIR:
        return _reversed(feed, rule)
    (column,) = rule.columns
    kwargs = rule.kwargs
    values: dict[str, Any] = {
        NOT_NULL_TYPE: lambda: None,
        CHECK_DIGIT_TYPE: lambda: "2823-4",
        LENGTH: lambda: "x" * (kwargs["max_value"] + 1),
        MATCH: lambda: "?",
        NOT_MATCH: lambda: next(
            text for text in FORBIDDEN if re.search(kwargs["regex"], text)
        ),
        IN_SET: lambda: "no such value",
        NOT_IN_SET: lambda: kwargs["value_set"][0],
        BETWEEN: lambda: _beyond(feed, column, kwargs[side], side),
    }
    return {column: values[rule.type]()}


def _beyond(feed: str, column: str, limit: object, side: str) -> str:
    """Return a text beyond a limit; a parameter's is the source's today."""
    is_low = side == "min_value"
    kind = _kind(feed, column)
    if kind is ColumnType.TIMESTAMP:
        return FIRST_YEAR if is_low else LAST_YEAR
    if kind is ColumnType.DATE:
        return (FIRST_YEAR if is_low else LAST_YEAR)[:10]
    if not isinstance(limit, int | float):
        return "2999"
    step = max(1, abs(limit) / 1000)
    return f"{limit - step if is_low else limit + step:.0f}"


def _reversed(feed: str, rule: Expectation) -> dict[str, str | None]:
    greater, less = rule.columns
    if _kind(feed, greater) is ColumnType.TIMESTAMP:
        return {greater: "2026-01-01T07:00:00Z", less: "2026-01-02T07:00:00Z"}
    if _kind(feed, greater) is ColumnType.DATE:
        return {greater: "2026-01-01", less: "2026-01-02"}
    return {greater: "1", less: "2"}


def _kind(feed: str, column: str) -> ColumnType:
    return next(each.type for each in FEEDS[feed].columns if each.name == column)


AS_OF = datetime.fromisoformat("2026-06-01T12:00:00+00:00")
