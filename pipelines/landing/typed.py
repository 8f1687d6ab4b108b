"""Reads delivered text by the feed's contract; says which rows cannot be read.

Nothing is guessed: a text that is not of its column's type refuses its row. Instants
without a zone are read in the source's time zone.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

import polars as pl

from pipelines.feeds.contract import ColumnType, Feed

INSTANT = pl.Datetime("us", "UTC")
POLARS_TYPES = {
    ColumnType.TEXT: pl.String(),
    ColumnType.INTEGER: pl.Int64(),
    ColumnType.DECIMAL: pl.Float64(),
    ColumnType.BOOLEAN: pl.Boolean(),
    ColumnType.DATE: pl.Date(),
    ColumnType.TIMESTAMP: INSTANT,
}
DIGIT = re.compile(r"\d", re.ASCII)
# Every spelling that sources use; the one that fits a column's first value is tried
# first, the others only on what it could not read.
INSTANT_FORMATS = (
    "%Y-%m-%dT%H:%M:%SZ",
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%d",
    "%Y-%m-%dT%H:%M:%S%:z",
    "%Y-%m-%dT%H:%M:%S",
    "%Y-%m-%dT%H:%M:%S%.fZ",
    "%Y-%m-%dT%H:%M:%S%.f%:z",
    "%Y-%m-%d %H:%M:%S%.f",
    "%Y-%m-%dT%H:%M:%S%.f",
    "%Y-%m-%d %H:%M",
    "%Y-%m-%dT%H:%M",
    "%Y-%m-%d %H:%M:%S%:z",
    "%Y-%m-%dT%H:%MZ",
    "%Y-%m-%dT%H:%M%:z",
)
TRUE_WORDS = ("true", "t", "1", "yes", "y")
FALSE_WORDS = ("false", "f", "0", "no", "n")
TEXT = pl.col("text")
UNREAD = pl.when(pl.col("read").is_null()).then(TEXT)
LONGEST_NUMBER = 100  # characters; PostgreSQL ends a load at 16,383 decimal places
# What both Python and PostgreSQL write with four digits of a year, as polars keeps it:
# days, and microseconds, since 1970. No series: polars at work while this is imported
# would leave a program that forks afterwards waiting for ever.
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
DAYS = [(day - EPOCH.date()).days for day in (date(1, 1, 1), date(9999, 12, 31))]
INSTANTS = [
    (instant - EPOCH) // timedelta(microseconds=1)
    for instant in (
        datetime(1, 1, 1, tzinfo=UTC),
        datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=UTC),
    )
]


@dataclass(frozen=True)
class Typed:
    """One batch of one feed, read.

    ``frame`` has the contract's columns in their types (decimals as Float64, for rules
    to compare; the exact text lands), ``source_updated_at``, ``is_deleted``.
    ``unreadable`` names, per row, the column that could not be read, or null.
    """

    frame: pl.DataFrame
    unreadable: pl.Series


def read_typed(feed: Feed, text: pl.DataFrame, time_zone: str) -> Typed:
    """Return the batch in its types; ``text`` has every delivered column as text."""
    columns = {
        column.name: _read(text[column.name], column.type, time_zone)
        for column in feed.columns
    }
    for name, kind in (
        ("source_updated_at", ColumnType.TIMESTAMP),
        ("is_deleted", ColumnType.BOOLEAN),
    ):
        columns[name] = _read(text[name], kind, time_zone)
    failed = {
        name: text[name].is_not_null() & series.is_null()
        for name, series in columns.items()
        if series.dtype != pl.String and series.null_count() > text[name].null_count()
    }
    # Made of columns at once: each call of polars over a frame has its price.
    frame = pl.DataFrame(
        {given.name: columns.get(given.name, given) for given in text.get_columns()}
    )
    return Typed(frame, _first_failure(failed, text.height))


def column_types(feed: Feed) -> dict[str, pl.DataType]:
    """Return the polars type of every contract column."""
    return {column.name: POLARS_TYPES[column.type] for column in feed.columns}


def _read(text: pl.Series, kind: ColumnType, time_zone: str) -> pl.Series:
    if kind == ColumnType.TEXT:
        return text
    if text.null_count() == len(text):
        # Most columns of a small batch are empty, and every call has its price.
        return pl.Series(text.name, [None] * len(text), dtype=POLARS_TYPES[kind])
    if kind == ColumnType.TIMESTAMP:
        return _instants(text, time_zone)
    return READ[kind](text)


def _days(text: pl.Series) -> pl.Series:
    return _within(text.str.to_date("%Y-%m-%d", strict=False), DAYS)


def _whole_numbers(text: pl.Series) -> pl.Series:
    return text.cast(pl.Int64, strict=False)


def _numbers(text: pl.Series) -> pl.Series:
    """Read what is a number to a double and to PostgreSQL alike."""
    word, number = pl.col("word"), pl.col("number")
    is_zero_by_underflow = (number == 0) & word.str.contains("[eE]")
    is_short = word.str.len_bytes() <= LONGEST_NUMBER
    return pl.DataFrame(
        {"word": text, "number": text.cast(pl.Float64, strict=False)}
    ).select(
        pl.when(number.is_finite() & is_short & ~is_zero_by_underflow).then(number)
    )["number"]


def _within(read: pl.Series, span: list[int]) -> pl.Series:
    """Return what is not outside a span; nearly always that is all."""
    first, last = span
    kept = read.cast(pl.Int64)
    if read.null_count() == len(read) or (kept.min() >= first and kept.max() <= last):
        return read
    return pl.select(pl.when(kept.is_between(first, last)).then(read))[read.name]


def _booleans(text: pl.Series) -> pl.Series:
    word = pl.col("w").str.to_lowercase()
    return text.to_frame("w").select(
        pl.when(word.is_in(TRUE_WORDS))
        .then(statement=True)
        .when(word.is_in(FALSE_WORDS))
        .then(statement=False)
        .alias("w")
    )["w"]


READ = {
    ColumnType.DATE: _days,
    ColumnType.INTEGER: _whole_numbers,
    ColumnType.BOOLEAN: _booleans,
    ColumnType.DECIMAL: _numbers,
}


def _instants(text: pl.Series, time_zone: str) -> pl.Series:
    """Read instants: by the spelling of the first, then by that of the first unread."""
    tried = {spelling := _best_of(text, set())}
    read = text.to_frame("text").select(_spelled(TEXT, spelling, time_zone))["text"]
    missing = text.null_count()
    while read.null_count() > missing and len(tried) < len(INSTANT_FORMATS):
        tried.add(spelling := _best_of(text.filter(read.is_null()), tried))
        found = _spelled(UNREAD, spelling, time_zone)
        read = pl.DataFrame({"text": text, "read": read}).select(
            pl.coalesce("read", found)
        )["read"]
    return _within(read.alias(text.name), INSTANTS)


def _best_of(texts: pl.Series, tried: set[str]) -> str:
    """Return the spelling that fits the first text best, of those not tried."""
    shape = DIGIT.sub("1", str(texts.first(ignore_nulls=True)))
    return next(each for each in _spellings_of(shape) if each not in tried)


@lru_cache(maxsize=1000)
def _spellings_of(shape: str) -> tuple[str, ...]:
    """Return the spellings, those first that read a text of this shape.

    A shape has a 1 for each digit, which every field of a time can be.
    """
    sample = pl.DataFrame({"text": [shape]})
    return tuple(
        sorted(
            INSTANT_FORMATS,
            key=lambda spelling: sample.select(_spelled(TEXT, spelling, "UTC"))[
                "text"
            ].null_count(),
        )
    )


def _spelled(text: pl.Expr, spelling: str, time_zone: str) -> pl.Expr:
    """Return what a spelling reads, in one expression: each call has its price."""
    if spelling == "%Y-%m-%d":
        days = text.str.to_date(spelling, strict=False).cast(pl.Datetime("us"))
        return _in_utc(days, time_zone)
    read = text.str.to_datetime(spelling, time_unit="us", strict=False)
    if "%:z" in spelling:
        return read.dt.convert_time_zone("UTC")
    return _in_utc(read, "UTC" if spelling.endswith("Z") else time_zone)


def _in_utc(naive: pl.Expr, time_zone: str) -> pl.Expr:
    # A clock that is set back shows an hour twice: the first is taken. An hour that was
    # skipped never was: null, and so refused.
    zoned = naive.dt.replace_time_zone(
        time_zone, ambiguous="earliest", non_existent="null"
    )
    return zoned.dt.convert_time_zone("UTC")


def _first_failure(failed: dict[str, pl.Series], height: int) -> pl.Series:
    if not failed:
        return pl.Series("unreadable", [None] * height, dtype=pl.String)
    return pl.DataFrame(failed).select(
        pl.coalesce(pl.when(pl.col(name)).then(pl.lit(name)) for name in failed).alias(
            "unreadable"
        )
    )["unreadable"]
