"""The engine: judges a feed batch by batch, in one pass of polars over each batch.

It keeps counts, never rows, so memory does not grow with the delivery. A batch is the
typed frame of the feed's contract: texts as String, whole numbers as Int64, decimals as
Float64, dates as Date, instants as Datetime("us", "UTC"), truth values as Boolean.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from datetime import datetime
from typing import Any

import polars as pl

from expectations import results
from expectations.expectation import (
    COLUMNS_TYPE,
    UNIQUE_TYPE,
    Expectation,
    Severity,
    Suite,
    as_json,
    suite_fingerprint,
)
from expectations.masks import domain_key, masks_of, missing_key
from expectations.parameters import fill_in, parameters_of
from expectations.results import Counts
from expectations.verdict import Verdict, verdict_of

HEIGHT = "height"
SMALLEST_JUDGED_LOAD = 20  # a share of fewer rows is chance, not a systematic fault


class Evaluation:
    """One judgement of one feed in one load: add every batch, then read the results.

    ``as_of`` is the source's today, with its zone; None, where it is not known before
    the load (a historical source), leaves the future unjudged. ``row_count`` is how
    many rows were added so far.
    """

    def __init__(self, suite: Suite, *, as_of: datetime | None) -> None:
        self.suite = suite
        self._as_of = as_of
        self._kwargs = {
            rule.rule: fill_in(rule.kwargs, parameters_of(as_of))
            for rule in suite.expectations
        }
        self._judged = [rule for rule in suite.expectations if _has_masks(rule)]
        self.row_count = 0
        self._columns: set[str] | None = None
        self._counts: dict[str, Counts] = {}
        # Of the last batch: all batches of a load are made alike.
        self._schema: pl.Schema | None = None
        self._masks: dict[str, pl.Expr] = {}
        self._counted: list[tuple[str, str, str]] = []

    def add(
        self, frame: pl.DataFrame, *, is_unreadable: pl.Series | None = None
    ) -> Verdict:
        """Judge one batch and return which rows are refused, and by which rules.

        Args:
            frame: The batch, typed by the contract. A column that it lacks is empty.
            is_unreadable: Rows that the caller refuses itself, as a text in them is not
                of its column's type; they count towards the limit on refusals.
        """
        self.row_count += frame.height
        seen = set(frame.columns)
        self._columns = seen if self._columns is None else self._columns & seen
        masks = self._evaluate(frame)
        self._count(masks)
        verdict = verdict_of(masks, self._refusing_rules())
        refused = verdict.refused
        self._count_refused(
            refused if is_unreadable is None else refused | is_unreadable
        )
        return verdict

    def record(self, rule: str, counts: Counts) -> None:
        """Take in the counts of a rule that another engine judged, as PostgreSQL keys.

        Args:
            rule: ``Expectation.rule`` of the rule.
            counts: What that engine counted over the whole load.

        Raises:
            KeyError: the suite has no such rule.
        """
        if rule not in self._kwargs:
            message = f"suite {self.suite.feed} has no rule {rule}"
            raise KeyError(message)
        self._counts[rule] = counts

    def results(self) -> list[dict[str, Any]]:
        """Return one result per rule, shaped as Great Expectations does, no values.

        A rule for another engine is left out until its counts are recorded.
        """
        return [
            self._result(rule)
            for rule in self.suite.expectations
            if rule.type != UNIQUE_TYPE or rule.rule in self._counts
        ]

    def suite_result(self) -> dict[str, Any]:
        """Return the result of the whole suite, shaped as Great Expectations does."""
        meta = {
            "suite_fingerprint": suite_fingerprint(self.suite),
            "as_of": as_json(self._as_of),
            "is_held": self.is_held,
            "held_reasons": self.held_reasons,
        }
        return results.suite_result(self.suite.feed, self.results(), meta)

    @property
    def is_held(self) -> bool:
        """Return whether the load as a whole must stay in quarantine."""
        return bool(self.held_reasons)

    @property
    def held_reasons(self) -> list[str]:
        """Return why the load is held: each rule with its counts, never a value."""
        critical = [
            rule
            for rule in self.suite.expectations
            if rule.severity == Severity.CRITICAL and not rule.is_row_level
        ]
        failed = [(rule, self._result(rule)) for rule in critical]
        return [
            f"{self.suite.name_of(rule)}: {_summary(result['result'])}. {rule.notes}"
            for rule, result in failed
            if not result["success"] and _is_large_enough(result["result"])
        ]

    def _refusing_rules(self) -> dict[str, str]:
        return {
            f"unexpected_{number}": self.suite.name_of(rule)
            for number, rule in enumerate(self._judged)
            if rule.is_row_level and rule.severity == Severity.CRITICAL
        }

    def _evaluate(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Return the columns that rules are counted by, all made in one pass."""
        schema = frame.schema
        if schema != self._schema:
            self._schema = schema
            self._prepare_masks(schema)
        # The first column is none of a rule: masks that are constants take its height.
        return frame.select(pl.first().is_null().alias(HEIGHT), **self._masks)

    def _prepare_masks(self, schema: pl.Schema) -> None:
        """Make three columns per rule, of which most rules share the first two.

        Of a small batch nearly all the time goes into the number of columns.
        """
        self._masks, self._counted = {}, []
        names: dict[Hashable, str] = {}
        for number, rule in enumerate(self._judged):
            made = masks_of(rule, self._kwargs[rule.rule], schema)
            domain = names.setdefault(domain_key(rule), f"domain_{number}")
            missing = names.setdefault(
                missing_key(rule, self._kwargs[rule.rule]), f"missing_{number}"
            )
            unexpected = f"unexpected_{number}"
            self._masks.setdefault(domain, made.in_domain)
            self._masks.setdefault(missing, made.is_missing)
            self._masks[unexpected] = made.is_unexpected
            self._counted.append((domain, missing, unexpected))

    def _count(self, masks: pl.DataFrame) -> None:
        sums = masks.sum().row(0, named=True)
        for rule, columns in zip(self._judged, self._counted, strict=True):
            counts = Counts(*(sums[column] for column in columns))
            self._counts[rule.rule] = self._counts.get(rule.rule, Counts()) + counts

    def _count_refused(self, refused: pl.Series) -> None:
        counts = Counts(len(refused), 0, refused.sum())
        for rule in self.suite.expectations:
            if rule.is_about_refusals:
                so_far = self._counts.get(rule.rule, Counts())
                self._counts[rule.rule] = so_far + counts

    def _result(self, rule: Expectation) -> dict[str, Any]:
        name = self.suite.name_of(rule)
        if rule.type == COLUMNS_TYPE:
            return results.result_of_columns(name, rule, sorted(self._columns or ()))
        if rule.is_about_table:
            return results.result_of_row_count(name, rule, self.row_count)
        counts = self._counts.get(rule.rule, Counts())
        return results.result_of_counts(name, rule, counts, self._kwargs[rule.rule])


def _has_masks(rule: Expectation) -> bool:
    is_judged_elsewhere = rule.type == UNIQUE_TYPE or rule.is_about_refusals
    return not rule.is_about_table and not is_judged_elsewhere


def _is_large_enough(details: Mapping[str, Any]) -> bool:
    return details.get("element_count", SMALLEST_JUDGED_LOAD) >= SMALLEST_JUDGED_LOAD


def _summary(details: Mapping[str, Any]) -> str:
    if "unexpected_count" in details:
        return f"{details['unexpected_count']} of {details['element_count']} rows"
    missing = details.get("details", {}).get("mismatched", {}).get("missing")
    return f"missing {missing}" if missing else f"{details['observed_value']} rows"
