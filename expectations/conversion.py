"""Suites as Great Expectations' own objects.

Importing this module imports Great Expectations, so only
``Suite.to_great_expectations`` does it, and only when asked.
"""

import great_expectations as gx
import pandas as pd
from great_expectations.execution_engine import PandasExecutionEngine
from great_expectations.expectations.expectation import ColumnMapExpectation
from great_expectations.expectations.metrics.map_metric_provider import (
    ColumnMapMetricProvider,
    column_condition_partial,
)
from great_expectations.expectations.registry import get_expectation_impl
from great_expectations.expectations.row_conditions import Column

from expectations.expectation import Expectation, Suite, Where
from expectations.loinc import has_valid_check_digit
from expectations.results import meta_of


class ColumnValuesLoincCheckDigit(ColumnMapMetricProvider):
    """Whether each value is a LOINC code with the right check digit."""

    condition_metric_name = "column_values.loinc_check_digit"

    @column_condition_partial(engine=PandasExecutionEngine)
    def _pandas(cls, column: pd.Series, **_: object) -> pd.Series:  # noqa: N805 - GX hands over the class
        return column.map(has_valid_check_digit).astype(bool)


class ExpectColumnValuesToPassLoincCheckDigit(ColumnMapExpectation):
    """Great Expectations knows no LOINC; the one type that we add to it."""

    map_metric = "column_values.loinc_check_digit"


def convert(suite: Suite) -> gx.ExpectationSuite:
    """Return the suite as Great Expectations' own object."""
    expectations = [_convert(suite, rule) for rule in suite.expectations]
    return gx.ExpectationSuite(name=suite.feed, expectations=expectations)


def _convert(suite: Suite, rule: Expectation) -> gx.expectations.Expectation:
    arguments = dict(rule.kwargs)
    if rule.row_condition is not None:
        arguments["row_condition"] = _condition(rule.row_condition)
    return get_expectation_impl(rule.type)(
        **arguments,
        severity=rule.severity.value,
        notes=rule.notes,
        meta=meta_of(suite.name_of(rule), rule),
    )


def _condition(where: Where) -> object:
    column = Column(where.column)
    return (
        column.is_not_in(where.values) if where.is_other else column.is_in(where.values)
    )
