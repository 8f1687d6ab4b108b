"""What is measured of a load: shares and middles, never a value of one patient.

A code or unit is told where at least ``LEAST_ROWS`` rows of ``LEAST_PATIENTS`` patients
have it, a quantile where as much lies behind it: else it could be one patient's own.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime

import polars as pl

from expectations.series.measured import (
    LEAST_PATIENTS,
    LEAST_ROWS,
    NUMBERS,
    Kind,
    Measured,
    Measurements,
    Numbers,
)
from expectations.series.sample import PATIENT, Sample

MOST_NAMES = 200  # of one column; those that are rarer are not told apart
LONGEST_NAME = 60  # a longer text is no code
NOT_CODED = ("source_updated_at", "is_deleted")
ROWS = "rows"
SEPARATOR = "|"

QUANTILES = {"5 %": 0.05, "25 %": 0.25, "50 %": 0.5, "75 %": 0.75, "95 %": 0.95}
LEAST_ROWS_BEYOND = 5  # of a quantile, or it would be nearly the greatest value


def measure(
    feed: str, sample: Sample, event_at: str | None, received_at: datetime | None
) -> Measurements:
    """Return what is measured of one feed in one load.

    ``event_at`` is the column of the fact's time; ``received_at`` is None for a source
    that is historical, whose facts are never late.
    """
    count = sample.row_count
    measured: Measurements = {Kind.ROWS: {ROWS: Measured(count, 0, count)}}
    if count < LEAST_ROWS:
        return measured
    rows = sample.rows()
    measured[Kind.FILLED] = _filled(rows)
    measured[Kind.CODES] = dict(_codes(rows))
    if feed in NUMBERS:
        numbers = NUMBERS[feed]
        if numbers.unit and numbers.unit in rows.columns:
            measured[Kind.UNITS] = _units(rows, numbers)
        measured[Kind.VALUES] = _quantiles(rows, numbers)
    if event_at and received_at:
        measured[Kind.DELAYS] = _delays(rows, event_at, received_at)
    return measured


def _filled(rows: pl.DataFrame) -> dict[str, Measured]:
    return {
        column.name: Measured(1 - column.null_count() / len(column), 0, len(column))
        for column in rows.get_columns()
        if column.name not in NOT_CODED
    }


def _codes(rows: pl.DataFrame) -> Iterator[tuple[str, Measured]]:
    for name in rows.columns:
        is_code = name.endswith("_code") or name == "code_system"
        if is_code and rows.schema[name] == pl.String:
            yield from _shares(rows.filter(pl.col(name).is_not_null()), name)


def _shares(rows: pl.DataFrame, name: str) -> Iterator[tuple[str, Measured]]:
    counts = (
        rows.group_by(name)
        .agg(pl.len().alias("count"), _is_of_enough(rows))
        .filter("is_of_enough")
        .sort("count", name, descending=[True, False])
    )
    for code, count in counts.head(MOST_NAMES).select(name, "count").iter_rows():
        if len(code) <= LONGEST_NAME:
            share = count / rows.height
            yield f"{name}{SEPARATOR}{code}", Measured(share, 0, rows.height)


def _is_of_enough(rows: pl.DataFrame) -> pl.Expr:
    """Return whether a group has rows enough, of patients enough if they have any."""
    is_enough = pl.len() >= LEAST_ROWS
    if PATIENT in rows.columns:
        is_enough &= pl.col(PATIENT).n_unique() >= LEAST_PATIENTS
    return is_enough.alias("is_of_enough")


def _units(rows: pl.DataFrame, numbers: Numbers) -> dict[str, Measured]:
    """Return of each analyte the share of its rows in each unit."""
    code, unit = numbers.code, str(numbers.unit)
    counted = (
        rows.lazy()
        .filter(pl.col(code).is_not_null())
        .group_by(code, pl.col(unit).fill_null(""))
        .agg(pl.len(), _is_of_enough(rows))
        .with_columns(pl.col("len").sum().over(code).alias("all"))
        .filter("is_of_enough")
        .select(code, unit, "len", "all")
        .collect()
    )
    return {
        f"{code}{SEPARATOR}{unit}": Measured(count / of_code, 0, of_code)
        for code, unit, count, of_code in counted.iter_rows()
        if len(code) <= LONGEST_NAME and len(unit) <= LONGEST_NAME
    }


def _quantiles(rows: pl.DataFrame, numbers: Numbers) -> dict[str, Measured]:
    value, code = pl.col(numbers.value), pl.col(numbers.code)
    unit = pl.col(numbers.unit) if numbers.unit else pl.lit("")
    patients = [PATIENT] if PATIENT in rows.columns else []
    groups = (
        rows.lazy()
        .select(
            *patients,
            code.alias("code"),
            unit.fill_null("").alias("unit"),
            value.cast(pl.Float64, strict=False).alias("value"),
        )
        .filter(pl.col("value").is_finite() & pl.col("code").is_not_null())
        .group_by("code", "unit")
        .agg(pl.len().alias("count"), _is_of_enough(rows), *_quantile_columns("value"))
        .filter("is_of_enough")
        .collect()
    )
    return {
        f"{row['code']}{SEPARATOR}{row['unit']}{SEPARATOR}{name}": Measured(
            row[name], row[f"{name}_error"], row["count"]
        )
        for row in groups.iter_rows(named=True)
        for name in _told(row["count"])
        if len(row["code"]) <= LONGEST_NAME
    }


def _delays(
    rows: pl.DataFrame, event_at: str, received_at: datetime
) -> dict[str, Measured]:
    """Return quantiles of the hours between the facts and their receipt."""
    hours = (pl.lit(received_at) - pl.col(event_at)).dt.total_minutes() / 60
    known = rows.with_columns(hours.alias("hours")).filter(hours.is_not_null())
    if not known.select(_is_of_enough(rows)).item():
        return {}
    row = known.select(*_quantile_columns("hours")).row(0, named=True)
    return {
        name: Measured(row[name], row[f"{name}_error"], known.height)
        for name in _told(known.height)
    }


def _told(count: int) -> list[str]:
    """Return the quantiles that lie far enough inside so many values."""
    return [
        name
        for name, share in QUANTILES.items()
        if count * min(share, 1 - share) >= LEAST_ROWS_BEYOND
    ]


def _quantile_columns(name: str) -> list[pl.Expr]:
    """Return the quantiles, and the standard error of each.

    It is read off the values on either side, between which the quantile lies in nearly
    all samples of this size: so it holds for whole numbers and for skewed ones. It is
    at least the step from one possible value to the next.
    """
    column = pl.col(name)
    step = column.unique().sort().diff().quantile(0.25).fill_null(0)
    made = []
    for key, share in QUANTILES.items():
        aside = 3 * (share * (1 - share) / pl.len()).sqrt()
        value = _quantile(column, pl.lit(share))
        below = value - _quantile(column, share - aside)
        above = _quantile(column, share + aside) - value
        error = pl.max_horizontal(below / 3, above / 3, step)
        made += [value.alias(key), error.alias(f"{key}_error")]
    return made


def _quantile(column: pl.Expr, share: pl.Expr) -> pl.Expr:
    """Return the value nearest to a share of a group's values.

    The library's own quantile reads one share for all groups.
    """
    place = share.clip(0, 1) * (pl.len() - 1)
    return column.sort().get(place.round().cast(pl.UInt32))


def as_numbers(measured: Mapping[str, Measured]) -> dict[str, list[float]]:
    """Return measurements as they are kept."""
    return {name: list(each) for name, each in measured.items()}


def from_numbers(kept: Mapping[str, list[float]]) -> dict[str, Measured]:
    """Return measurements as they were before they were kept."""
    return {
        name: Measured(value, error, int(count))
        for name, (value, error, count) in kept.items()
    }
