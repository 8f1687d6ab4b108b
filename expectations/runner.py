"""The engine: judges a feed batch by batch, in one pass of polars over each batch.

It keeps counts, never rows, so memory does not grow with the delivery. A batch is the
typed frame of the feed's contract: texts as String, whole numbers as Int64, decimals as
Float64, dates as Date, instants as Datetime("us", "UTC"), truth values as Boolean.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import polars as pl

from expectations import results
from expectations.expectation import (
    COLUMNS_TYPE,
    NOT_NULL_TYPE,
    UNIQUE_TYPE,
    Expectation,
    Severity,
    Suite,
    as_json,
    suite_fingerprint,
)
from expectations.masks import NEVER, domain_key, masks_of, missing_key
from expectations.parameters import fill_in, parameters_of
from expectations.results import Counts
from expectations.series.sample import Sample
from expectations.verdict import Verdict, verdict_of

HEIGHT, NONE = "height", "none"  # masks of no rule: true and false nowhere
SMALLEST_JUDGED_LOAD = 20  # a share of fewer rows is chance, not a systematic fault

# The masks that a rule is counted by: its rows, those without a value, those that
# break it.
_Triple = tuple[str, str, str]


@dataclass(frozen=True)
class _Counted:
    """What one rule is counted by."""

    rule: str
    masks: _Triple
    columns: frozenset[str]
    asks_for_value: bool

    def masks_where(self, filled: set[str]) -> _Triple:
        """Return the masks in a batch in which some columns hold any value.

        Of empty columns no row breaks a rule, unless it asks for a value. Most columns
        of a small batch are empty, and each mask has its price.
        """
        if self.asks_for_value or not filled.isdisjoint(self.columns):
            return self.masks
        rows, _, _ = self.masks
        return rows, rows, NONE


class Evaluation:
    """One judgement of one feed in one load: add every batch, then read the results.

    ``as_of`` is the source's today, with its zone; None, where it is not known before
    the load (a historical source), leaves the future unjudged. ``row_count`` is how
    many rows were added so far, ``sample`` those of them that the load is measured by:
    none where ``is_measured`` is false, as of what comes as a stream.
    """

    def __init__(
        self, suite: Suite, *, as_of: datetime | None, is_measured: bool = True
    ) -> None:
        self.suite = suite
        self._as_of = as_of
        self._kwargs = {
            rule.rule: fill_in(rule.kwargs, parameters_of(as_of))
            for rule in suite.expectations
        }
        self._judged = [rule for rule in suite.expectations if _has_masks(rule)]
        self._refusing = {
            f"unexpected_{number}": suite.name_of(rule)
            for number, rule in enumerate(self._judged)
            if rule.is_row_level and rule.severity == Severity.CRITICAL
        }
        self._about_refusals = [
            rule.rule for rule in suite.expectations if rule.is_about_refusals
        ]
        self.row_count = 0
        self.sample = Sample()
        self._is_measured = is_measured
        self._columns: set[str] | None = None
        self._counts: dict[str, Counts] = {}
        # Of the last batch: all batches of a load are made alike.
        self._schema: pl.Schema | None = None
        self._masks: dict[str, pl.Expr] = {}
        self._counted: list[_Counted] = []

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
        if self._is_measured:
            self.sample.add(frame)
        seen = set(frame.columns)
        self._columns = seen if self._columns is None else self._columns & seen
        counted = self._counted_in(frame)
        masks = self._evaluate(frame, counted)
        self._count(masks, counted)
        made = masks.columns
        refusing = {mask: name for mask, name in self._refusing.items() if mask in made}
        verdict = verdict_of(masks, refusing)
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

    def _counted_in(self, frame: pl.DataFrame) -> dict[str, _Triple]:
        """Return the masks that each rule is counted by in one batch."""
        schema = frame.schema
        if schema != self._schema:
            self._schema = schema
            self._prepare_masks(schema)
        filled = {
            column.name
            for column in frame.get_columns()
            if column.null_count() < frame.height
        }
        return {each.rule: each.masks_where(filled) for each in self._counted}

    def _evaluate(
        self, frame: pl.DataFrame, counted: Mapping[str, _Triple]
    ) -> pl.DataFrame:
        """Return the columns that rules are counted by, all made in one pass."""
        names = dict.fromkeys(name for triple in counted.values() for name in triple)
        # The first column is none of a rule: masks that are constants take its height.
        height = pl.first().is_null().alias(HEIGHT)
        return frame.select(height, **{name: self._masks[name] for name in names})

    def _prepare_masks(self, schema: pl.Schema) -> None:
        """Make three columns per rule, of which most rules share the first two.

        Of a small batch nearly all the time goes into the number of columns.
        """
        self._masks, self._counted = {NONE: NEVER}, []
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
            self._counted.append(
                _Counted(
                    rule.rule,
                    (domain, missing, unexpected),
                    frozenset(rule.columns),
                    asks_for_value=rule.type == NOT_NULL_TYPE,
                )
            )

    def _count(self, masks: pl.DataFrame, counted: Mapping[str, _Triple]) -> None:
        sums = {mask.name: mask.sum() for mask in masks.get_columns()}
        for rule, triple in counted.items():
            counts = Counts(*(sums[mask] for mask in triple))
            self._counts[rule] = self._counts.get(rule, Counts()) + counts

    def _count_refused(self, refused: pl.Series) -> None:
        counts = Counts(len(refused), 0, refused.sum())
        for rule in self._about_refusals:
            self._counts[rule] = self._counts.get(rule, Counts()) + counts

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
