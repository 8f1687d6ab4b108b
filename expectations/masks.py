"""Each type of expectation in polars: which rows it is about, which of them break it.

The meaning is that of Great Expectations' pandas engine, to the letter: null and NaN
are missing and not judged, except by the rule that asks for a value; a regular
expression searches; a length counts characters.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from expectations.expectation import NOT_NULL_TYPE, Expectation
from expectations.loinc import has_valid_check_digit

Schema = Mapping[str, pl.DataType]

NEVER = pl.lit(False)  # noqa: FBT003 - a column of it
ALWAYS = pl.lit(True)  # noqa: FBT003 - a column of it

# In Python "$" also stands before a last line feed; the expressions in use have no
# other "$", neither escaped nor in a class.
END_AS_IN_PYTHON = r"(?:\n?\z)"

# A deletion says which fact is withdrawn and nothing else, so only these are judged.
DELETION_COLUMNS = (("record_id",), ("source_patient_id",))


@dataclass(frozen=True)
class Masks:
    """The rows a rule is about, those of them without a value, those that break it."""

    in_domain: pl.Expr
    is_missing: pl.Expr
    is_unexpected: pl.Expr


def masks_of(
    expectation: Expectation, kwargs: Mapping[str, Any], schema: Schema
) -> Masks:
    """Return the masks of one rule; ``kwargs`` are its arguments, parameters filled in.

    A column that the frame lacks is one without any value.
    """
    in_domain = _domain(expectation, schema)
    values = [_value(schema, column) for column in expectation.columns]
    missing = _missing(expectation, kwargs, values)
    if expectation.type == NOT_NULL_TYPE:
        return Masks(in_domain, NEVER, in_domain & missing)
    if any(column not in schema for column in expectation.columns):
        return Masks(in_domain, in_domain & missing, NEVER)
    _check_types(expectation, schema)
    is_met = MET[expectation.type](kwargs, *values).fill_null(value=False)
    return Masks(in_domain, in_domain & missing, in_domain & ~missing & ~is_met)


def domain_key(expectation: Expectation) -> Hashable:
    """Return what the rows that a rule is about depend on, within one schema."""
    return expectation.row_condition, expectation.columns in DELETION_COLUMNS


def missing_key(expectation: Expectation, kwargs: Mapping[str, Any]) -> Hashable:
    """Return what a rule's rows without a value depend on, within one schema."""
    return (
        domain_key(expectation),
        expectation.columns,
        expectation.type == NOT_NULL_TYPE,
        kwargs.get("ignore_row_if"),
    )


def _domain(expectation: Expectation, schema: Schema) -> pl.Expr:
    where = expectation.row_condition
    if where is None:
        return _is_judged(expectation, schema)
    if where.column not in schema:
        return NEVER
    is_listed = pl.col(where.column).is_in(where.values).fill_null(value=False)
    is_meant = ~is_listed if where.is_other else is_listed
    return is_meant & _is_judged(expectation, schema)


def _is_judged(expectation: Expectation, schema: Schema) -> pl.Expr:
    if "is_deleted" not in schema or expectation.columns in DELETION_COLUMNS:
        return ALWAYS
    return ~pl.col("is_deleted").fill_null(value=False)


def _value(schema: Schema, column: str) -> pl.Expr:
    if column not in schema:
        return pl.lit(None)
    value = pl.col(column)
    return value.fill_nan(None) if schema[column].is_float() else value


def _missing(
    expectation: Expectation, kwargs: Mapping[str, Any], values: list[pl.Expr]
) -> pl.Expr:
    nulls = [value.is_null() for value in values]
    if len(nulls) == 1:
        return nulls[0]
    ignored = kwargs.get("ignore_row_if", "both_values_are_missing")
    if ignored == "either_value_is_missing":
        return pl.any_horizontal(nulls)
    if ignored == "both_values_are_missing":
        return pl.all_horizontal(nulls)
    message = f"{expectation.rule}: ignore_row_if={ignored!r} is not supported"
    raise ValueError(message)


def _check_types(expectation: Expectation, schema: Schema) -> None:
    """Refuse to compare texts by size: "9" would be greater than "10"."""
    texts = [c for c in expectation.columns if schema[c] == pl.String]
    if texts and MET[expectation.type] in (_is_between, _is_greater):
        message = (
            f"{expectation.rule} compares {texts} by size, but they are text; "
            "cast them to numbers or times before judging"
        )
        raise TypeError(message)


def _is_between(kwargs: Mapping[str, Any], value: pl.Expr) -> pl.Expr:
    low, high = kwargs.get("min_value"), kwargs.get("max_value")
    is_met = ALWAYS
    if low is not None:
        is_met &= value > low if kwargs.get("strict_min") else value >= low
    if high is not None:
        is_met &= value < high if kwargs.get("strict_max") else value <= high
    return is_met


def _has_length_between(kwargs: Mapping[str, Any], value: pl.Expr) -> pl.Expr:
    return _is_between(kwargs, value.str.len_chars())


def _is_greater(kwargs: Mapping[str, Any], a: pl.Expr, b: pl.Expr) -> pl.Expr:
    return a >= b if kwargs.get("or_equal") else a > b


def _is_in_set(kwargs: Mapping[str, Any], value: pl.Expr) -> pl.Expr:
    return value.is_in(kwargs["value_set"])


def _is_not_in_set(kwargs: Mapping[str, Any], value: pl.Expr) -> pl.Expr:
    return ~value.is_in(kwargs["value_set"])


def _matches(kwargs: Mapping[str, Any], value: pl.Expr) -> pl.Expr:
    # Not by distinct texts: Python amid polars' expressions takes longer than it saves.
    return value.str.contains(kwargs["regex"].replace("$", END_AS_IN_PYTHON))


def _does_not_match(kwargs: Mapping[str, Any], value: pl.Expr) -> pl.Expr:
    return ~_matches(kwargs, value)


def _passes_loinc(_: Mapping[str, Any], value: pl.Expr) -> pl.Expr:
    return _by_distinct(
        value,
        lambda codes: pl.Series(map(has_valid_check_digit, codes), dtype=pl.Boolean),
    )


def _by_distinct(value: pl.Expr, is_met: Callable[[pl.Series], pl.Series]) -> pl.Expr:
    """Judge each distinct text once: a million results share a few hundred codes.

    Most columns of a small batch are empty, and each call of polars has its price.
    """

    def judge(texts: pl.Series) -> pl.Series:
        missing = texts.null_count()
        if missing < len(texts):
            distinct = (texts.drop_nulls() if missing else texts).unique()
            met = is_met(distinct)
            if not met.all():
                return ~texts.is_in(distinct.filter(~met).implode())
        return pl.Series(np.ones(len(texts), dtype=np.bool_))

    return value.map_batches(judge, return_dtype=pl.Boolean)


MET: dict[str, Callable[..., pl.Expr]] = {
    "expect_column_values_to_be_between": _is_between,
    "expect_column_value_lengths_to_be_between": _has_length_between,
    "expect_column_pair_values_a_to_be_greater_than_b": _is_greater,
    "expect_column_values_to_be_in_set": _is_in_set,
    "expect_column_values_to_not_be_in_set": _is_not_in_set,
    "expect_column_values_to_match_regex": _matches,
    "expect_column_values_to_not_match_regex": _does_not_match,
    "expect_column_values_to_pass_loinc_check_digit": _passes_loinc,
}
