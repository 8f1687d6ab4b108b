"""Our polars engine and Great Expectations' pandas engine judge alike, rule by rule.

Every expectation of every suite is run by both over generated rows full of boundary
values, so a new type of expectation cannot come into use without being compared.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from math import inf, nan, nextafter
from random import Random
from typing import Any

import polars as pl
import pytest

from expectations.catalogue import SUITES
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
from expectations.masks import masks_of
from expectations.parameters import fill_in, parameters_of
from expectations.results import Counts
from expectations.runner import Evaluation
from expectations.time_rules import BETWEEN, not_less
from pipelines.feeds.catalogue import FEEDS
from pipelines.feeds.contract import ColumnType

AS_OF = datetime(2026, 3, 1, 12, 30, tzinfo=UTC)
LATEST = AS_OF + timedelta(days=1)
ROWS = 400
Validate = Callable[..., dict[str, dict[str, Any]]]

TEXTS = [
    *(None, None, None, "", " ", "a", "é", "e\u0301", "💊", "\ufffd", "Ã©", "Ã", "K"),
    *("x" * 255, "x" * 256, "é" * 255, "é" * 256, "nan", "NaN", "None", "null"),
    *("2823-3", "2823-4", "2823-3\n", " 2823-3", "0-0", "99999999-5", "-3", "2823"),
    *(
        "E11.9",
        "e119",
        "E11.9\n",
        "E11..9",
        "123",
        "V70.0",
        "E9500",
        "U07.1",
        "1234567",
    ),
    *("0DTJ4ZZ", "0DTJ4ZI", "38.93", "3893", "44054006", "044054006", "140", "1403"),
    *("123-45-6789", "0123-45-6789", "123-45-67890", "SSN 123-45-6789.", "123-45-678"),
    *("a@b.c", "a@b", "@b.c", "ring 617-555-1234", "(617) 555-1234", "617 555 1234"),
    *(
        "1-617-555-1234",
        "617-555-12345",
        "1.617.555.1234",
        "2026-02-01",
        "617.555.1234",
    ),
    *(
        "What address do you live at?",
        "ADDRESS",
        "address\n",
        "addressee",
        "Home Address",
    ),
    *("37.1", "329.9", "330", "330\n", "371", "3710", "-5", "0999", "1000", "1000,5"),
    *("100", "100.5", "101", "101.0", "<101", "110", "CT", "ct", "C", "OPG", "1.2.840"),
    *("011", "01", "0112", "merge", "Merge", "unmerge", "problem", "drug", "allergy"),
    *("LOINC", "LOINC", "LOINC", "ICD-10-CM", "ICD-9-CM", "ICD-10-PCS", "SNOMED-CT"),
    *("3151-8", "3151-8", "-0.5", "67775-7", "67775-7", "Alert"),
    *("CVX", "loinc", "8310-5", "8867-4", "2708-6", "8480-6", "56799-0", "F", "female"),
]
NUMBERS = [
    *(None, nan, inf, -inf, 0.0, -0.0, 1.0, 0.999999, 365.0, 365.5, 96.0, 96.25, 1.1),
    *(
        1e14,
        nextafter(1e14, inf),
        -1e14,
        nextafter(-1e14, -inf),
        0.1 + 0.2,
        0.3,
        5e-324,
    ),
]
COUNTS = [None, -1, 0, 1, 24, 25, 100, 101, 1849, 1850, 2026, 2027, 2028]
INSTANTS = [
    *(
        None,
        datetime(1900, 1, 1, tzinfo=UTC),
        datetime(2020, 2, 29, 23, 59, tzinfo=UTC),
    ),
    *(datetime(1899, 12, 31, 23, 59, 59, 999999, tzinfo=UTC), AS_OF, LATEST),
    *(LATEST + timedelta(microseconds=1), LATEST - timedelta(microseconds=1)),
    *(datetime(2262, 5, 1, tzinfo=UTC), datetime(1600, 1, 1, tzinfo=UTC)),
]
DATES = [
    *(None, date(1849, 12, 31), date(1850, 1, 1), date(2000, 2, 29)),
    *(date(2026, 3, 1), date(2026, 3, 2), date(2026, 3, 3)),
]
POOLS = {
    ColumnType.TEXT: (TEXTS, pl.String),
    ColumnType.DECIMAL: (NUMBERS, pl.Float64),
    ColumnType.INTEGER: (COUNTS, pl.Int64),
    ColumnType.BOOLEAN: ([None, True, False], pl.Boolean),
    ColumnType.TIMESTAMP: (INSTANTS, pl.Datetime("us", "UTC")),
    ColumnType.DATE: (DATES, pl.Date),
}


def generate_rows(feed: str, seed: int, rows: int = ROWS) -> pl.DataFrame:
    """Return typed rows of a feed; each value stands at random beside any other."""
    random = Random(seed)  # noqa: S311 - a repeatable draw, no secret
    columns = {
        "record_id": (TEXTS, pl.String),
        "source_system": (["a", "b"], pl.String),
    }
    if FEEDS[feed].has_patient:
        columns["source_patient_id"] = (TEXTS, pl.String)
    columns |= {column.name: POOLS[column.type] for column in FEEDS[feed].columns}
    return pl.DataFrame(
        {
            name: pl.Series(name, random.choices(pool, k=rows), dtype=kind, strict=True)
            for name, (pool, kind) in columns.items()
        }
    )


@pytest.fixture(scope="module")
def validate() -> Validate:
    """Yield a function that runs Great Expectations itself and names its results."""
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    import great_expectations as gx  # noqa: PLC0415 - nine seconds, for these tests only
    from great_expectations.data_context.types.base import (  # noqa: PLC0415
        ProgressBarsConfig,
    )

    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    definition = (
        context.data_sources.add_pandas("pandas")
        .add_dataframe_asset("rows")
        .add_batch_definition_whole_dataframe("all")
    )

    def run(
        suite: Suite, frame: pl.DataFrame, level: str, as_of: datetime | None = AS_OF
    ) -> dict[str, dict[str, Any]]:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            batch = definition.get_batch({"dataframe": frame.to_pandas()})
            validation = batch.validate(
                suite.to_great_expectations(),
                result_format={"result_format": level, "partial_unexpected_count": 0},
                expectation_parameters=parameters_of(as_of),
            )
        results = validation.to_json_dict()["results"]
        return {
            result["expectation_config"]["meta"]["rule"]: result for result in results
        }

    return run


def evaluate(
    suite: Suite, frame: pl.DataFrame, as_of: datetime | None = AS_OF
) -> tuple[Evaluation, pl.DataFrame]:
    """Judge the rows in three batches; return also the rows with what was refused."""
    evaluation = Evaluation(suite, as_of=as_of)
    third = frame.height // 3 + 1
    verdicts = [evaluation.add(part) for part in frame.iter_slices(third)]
    if not verdicts:
        verdicts = [evaluation.add(frame)]
    refused = pl.concat([verdict.refused for verdict in verdicts])
    record_uniqueness(evaluation, frame)
    return evaluation, frame.with_columns(refused.alias(REFUSED_COLUMN))


def record_uniqueness(evaluation: Evaluation, frame: pl.DataFrame) -> None:
    """Count repeated keys as PostgreSQL does, and record the counts."""
    for rule in evaluation.suite.expectations:
        if rule.type == UNIQUE_TYPE and frame.height:
            keys = frame.select(rule.columns)
            repeated = int(keys.is_duplicated().sum())
            evaluation.record(rule.rule, Counts(frame.height, 0, repeated))


def assert_alike(ours: list[dict[str, Any]], theirs: dict[str, dict[str, Any]]) -> None:
    """Compare whole results, but for the batch that only Great Expectations has."""
    by_rule = {result["expectation_config"]["meta"]["rule"]: result for result in ours}
    for rule, their in theirs.items():
        assert not their["exception_info"].get("exception_message"), rule
        their["expectation_config"]["kwargs"].pop("batch_id")
        if their["expectation_config"]["type"] == COLUMNS_TYPE:
            forget_column(their["result"], REFUSED_COLUMN)
        if rule in by_rule:
            assert by_rule[rule] == their, rule
    assert by_rule.keys() <= theirs.keys()


def forget_column(result: dict[str, Any], column: str) -> None:
    """Take away the column that only Great Expectations needs to be given."""
    result["observed_value"].remove(column)
    result["details"]["mismatched"]["unexpected"].remove(column)


@pytest.mark.parametrize("feed", sorted(SUITES))
def test_both_engines_give_the_same_results_for_every_suite(
    feed: str, validate: Validate
) -> None:
    evaluation, judged = evaluate(SUITES[feed], generate_rows(feed, seed=7))

    theirs = validate(SUITES[feed], judged, "BASIC")

    assert len(theirs) == len(SUITES[feed].expectations)
    assert len(evaluation.results()) == len(SUITES[feed].expectations)
    assert_alike(evaluation.results(), theirs)


def one_rule_of_each_kind() -> list[tuple[str, Expectation]]:
    """Return per type, severity and column type the first rule of any suite."""
    found: dict[tuple[Any, ...], tuple[str, Expectation]] = {}
    for feed, suite in SUITES.items():
        types = {column.name: column.type for column in FEEDS[feed].columns}
        for rule in suite.expectations:
            if (
                rule.is_about_table
                or rule.type == UNIQUE_TYPE
                or rule.is_about_refusals
            ):
                continue
            kinds = tuple(types.get(column) for column in rule.columns)
            key = (rule.type, rule.label, kinds, rule.row_condition)
            found.setdefault(key, (feed, rule))
    return list(found.values())


def test_both_engines_name_the_same_rows(validate: Validate) -> None:
    types_seen = set()
    for feed, rule in one_rule_of_each_kind():
        suite = Suite(feed, (rule,))
        frame = generate_rows(feed, seed=11, rows=8_000)
        kwargs = fill_in(rule.kwargs, parameters_of(AS_OF))
        mask = frame.select(masks_of(rule, kwargs, frame.schema).is_unexpected)

        (their,) = validate(suite, frame, "COMPLETE").values()

        ours = mask.to_series().arg_true().to_list()
        assert ours == their["result"]["unexpected_index_list"], rule.rule
        assert 0 < len(ours) < frame.height, f"{rule.rule} tells nothing apart"
        types_seen.add(rule.type)
    assert types_seen == {
        rule.type
        for suite in SUITES.values()
        for rule in suite.expectations
        if not rule.is_about_table and rule.type != UNIQUE_TYPE
    }


@pytest.mark.parametrize("feed", ["lab_results", "patients", "vital_signs"])
def test_both_engines_agree_on_no_rows_and_on_rows_without_values(
    feed: str, validate: Validate
) -> None:
    none = generate_rows(feed, seed=1).clear()
    empty = generate_rows(feed, seed=1, rows=25).with_columns(
        pl.lit(None, dtype=kind).alias(name)
        for name, kind in none.schema.items()
        if name not in {"record_id", "source_system"}
    )
    for frame in (none, empty):
        evaluation, judged = evaluate(SUITES[feed], frame)
        assert_alike(evaluation.results(), validate(SUITES[feed], judged, "BASIC"))


def test_both_engines_agree_where_the_sources_today_is_unknown(
    validate: Validate,
) -> None:
    for feed in ("lab_results", "patients"):
        suite = SUITES[feed]
        evaluation, judged = evaluate(suite, generate_rows(feed, seed=3), as_of=None)
        theirs = validate(suite, judged, "BASIC", as_of=None)
        assert_alike(evaluation.results(), theirs)


def test_both_engines_agree_on_shares_at_their_limit(validate: Validate) -> None:
    def share(mostly: float) -> Expectation:
        return Expectation(
            NOT_NULL_TYPE,
            {"column": "unit", "mostly": mostly},
            Severity.WARNING,
            "why",
            Kahn.COMPLETENESS,
            label=str(mostly),
        )

    suite = Suite("lab_results", tuple(share(n / 20) for n in range(1, 20)))
    for filled in (0, 1, 7, 10, 14, 19, 20):
        frame = pl.DataFrame({"unit": ["g"] * filled + [None] * (20 - filled)})
        evaluation, judged = evaluate(suite, frame)
        assert_alike(evaluation.results(), validate(suite, judged, "BASIC"))


@pytest.mark.parametrize(
    "options",
    [
        {"ignore_row_if": "either_value_is_missing", "or_equal": True},
        {"ignore_row_if": "either_value_is_missing", "or_equal": False},
        {"ignore_row_if": "both_values_are_missing", "or_equal": True},
        {"or_equal": True},
    ],
)
def test_both_engines_agree_on_pairs_with_missing_values(
    options: dict[str, Any], validate: Validate
) -> None:
    rule = not_less("reference_high", "reference_low", "why")
    kwargs = {"column_A": "reference_high", "column_B": "reference_low", **options}
    rule = Expectation(rule.type, kwargs, rule.severity, rule.notes, rule.kahn)
    assert_one_rule_alike(rule, validate)


@pytest.mark.parametrize(
    "limits",
    [
        {"min_value": 0.3, "strict_min": True},
        {"max_value": 0.3, "strict_max": True},
        {"min_value": 0.3, "max_value": 1.0, "strict_min": True, "strict_max": True},
        {"min_value": 0.3, "max_value": 1.0},
    ],
)
def test_both_engines_agree_on_limits_that_are_themselves_in_or_out(
    limits: dict[str, Any], validate: Validate
) -> None:
    kwargs = {"column": "value_number", **limits}
    rule = Expectation(
        BETWEEN, kwargs, Severity.WARNING, "why", Kahn.ATEMPORAL_PLAUSIBILITY
    )
    assert_one_rule_alike(rule, validate)


def assert_one_rule_alike(rule: Expectation, validate: Validate) -> None:
    suite = Suite("lab_results", (rule,))
    evaluation, judged = evaluate(suite, generate_rows("lab_results", seed=5))
    (ours,) = evaluation.results()
    (their,) = validate(suite, judged, "BASIC").values()
    assert 0 < ours["result"]["unexpected_count"] < ROWS
    assert ours["result"] == their["result"]
    assert ours["success"] == their["success"]
