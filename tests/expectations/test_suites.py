"""The suites and the contracts they judge by belong together."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from expectations.catalogue import SUITES
from expectations.expectation import (
    NOT_NULL_TYPE,
    REFUSED_COLUMN,
    UNIQUE_TYPE,
    Severity,
    Suite,
    suite_fingerprint,
)
from expectations.identity_rules import IDENTIFIER_CODES
from pipelines.feeds.catalogue import FEEDS
from pipelines.feeds.contract import ColumnType

PROJECT = Path(__file__).parents[2]


def test_every_feed_has_a_suite_of_its_name() -> None:
    assert SUITES.keys() == FEEDS.keys()


@pytest.mark.parametrize("feed", sorted(SUITES))
def test_what_the_contract_requires_is_refused_when_absent(feed: str) -> None:
    refusing = {
        rule.kwargs["column"]
        for rule in SUITES[feed].expectations
        if rule.type == NOT_NULL_TYPE
        and rule.is_row_level
        and rule.severity == Severity.CRITICAL
    }
    required = {column.name for column in FEEDS[feed].columns if column.is_required}
    patient = {"source_patient_id"} if FEEDS[feed].has_patient else set()
    assert refusing == required | patient


@pytest.mark.parametrize("feed", sorted(SUITES))
def test_every_rule_is_about_columns_of_the_contract(feed: str) -> None:
    known = {*FEEDS[feed].delivered_columns, "source_system", REFUSED_COLUMN}
    for rule in SUITES[feed].expectations:
        condition = (rule.row_condition.column,) if rule.row_condition else ()
        assert {*rule.columns, *condition} <= known, rule.rule


@pytest.mark.parametrize("feed", sorted(SUITES))
def test_sizes_are_compared_of_numbers_and_times_only(feed: str) -> None:
    types = {column.name: column.type for column in FEEDS[feed].columns}
    for rule in SUITES[feed].expectations:
        if rule.type.endswith(("values_to_be_between", "greater_than_b")):
            compared = {types[column] for column in rule.columns}
            assert compared.isdisjoint({ColumnType.TEXT, ColumnType.BOOLEAN})
            assert len(compared) == 1, rule.rule


@pytest.mark.parametrize("feed", sorted(SUITES))
def test_every_required_time_of_a_fact_is_judged_by_the_calendar(feed: str) -> None:
    judged = {
        rule.kwargs["column"]
        for rule in SUITES[feed].expectations
        if rule.type == "expect_column_values_to_be_between"
        and rule.severity == Severity.CRITICAL
    }
    times = {
        column.name
        for column in FEEDS[feed].columns
        if column.type == ColumnType.TIMESTAMP and column.is_required
    }
    assert times <= judged


@pytest.mark.parametrize("feed", sorted(SUITES))
def test_every_rule_says_what_would_break(feed: str) -> None:
    for rule in SUITES[feed].expectations:
        assert len(rule.notes.split()) >= 5, rule.rule


@pytest.mark.parametrize("feed", sorted(SUITES))
def test_every_suite_limits_refusals_and_repeated_keys(feed: str) -> None:
    rules = SUITES[feed].expectations
    assert sum(rule.is_about_refusals for rule in rules) == 1
    assert [r.kwargs for r in rules if r.type == UNIQUE_TYPE] == [
        {"column_list": ["source_system", "record_id"]}
    ]


def test_two_rules_of_one_name_are_refused() -> None:
    rule = SUITES["encounters"].expectations[-1]
    with pytest.raises(ValueError, match="two rules of one name"):
        Suite("encounters", (rule, rule))


def test_the_name_of_a_rule_is_stable() -> None:
    suite = SUITES["lab_results"]
    names = {suite.name_of(rule) for rule in suite.expectations}
    assert "lab_results:expect_column_values_to_not_be_null:collected_at" in names


def test_the_fingerprint_follows_what_a_suite_says_and_nothing_else() -> None:
    suite = SUITES["encounters"]
    rule = suite.expectations[-1]

    def with_last(**changes: object) -> str:
        changed = replace(rule, **changes)
        return suite_fingerprint(replace(suite, expectations=(changed,)))

    same = with_last()
    in_other_order = dict(reversed(rule.kwargs.items()))
    assert list(in_other_order) != list(rule.kwargs)
    assert same == with_last(kwargs=in_other_order)
    assert len({same, with_last(kwargs={**rule.kwargs, "mostly": 0.71})}) == 2
    assert len({same, with_last(severity=Severity.INFO)}) == 2
    assert len({same, with_last(notes="Another reason.")}) == 2


def test_every_code_that_an_adapter_takes_for_an_identifier_is_kept_out() -> None:
    listed = (
        PROJECT / "pipelines" / "sources" / "observation_lists" / "identity_codes.csv"
    )
    codes = pl.read_csv(listed, infer_schema=False)["code"].to_list()
    assert set(codes) <= set(IDENTIFIER_CODES)


def test_judging_a_load_does_not_import_great_expectations() -> None:
    program = (
        "import sys, expectations.catalogue, expectations.runner; "
        "print([m for m in ('great_expectations', 'pipelines') if m in sys.modules])"
    )
    printed = subprocess.run(
        [sys.executable, "-c", program], cwd=PROJECT, capture_output=True, check=True
    )
    assert printed.stdout.decode().strip() == "[]"
