"""Dates and times in a source's own spelling, turned into ISO 8601.

What no stated format reads passes as delivered: the landing accepts ISO 8601 and
refuses the rest with a reason. Nothing is guessed.
"""

from collections.abc import Sequence

import polars as pl

# Years before this are two-digit years that a four-digit format took as they stand.
EARLIEST_YEAR = 1800
ISO_FORMATS = (
    "%Y-%m-%dT%H:%M:%S",
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%d %H:%M",
    "%Y-%m-%d",
)
TIME_PARTS = ("%H", "%I", "%T", "%R")


def iso_date(text: pl.Expr, formats: Sequence[str]) -> pl.Expr:
    """Return calendar dates as ``YYYY-MM-DD``; a time beside the date is dropped."""
    dates = [_instant(text, each).dt.to_string("%Y-%m-%d") for each in formats]
    return pl.coalesce(*dates, text)


def iso_time(text: pl.Expr, formats: Sequence[str], time_zone: str | None) -> pl.Expr:
    """Return instants in ISO 8601, with offset if the time zone is known.

    A clock that is set back shows an hour twice: the first is taken. An hour that it
    skips never was; such a text is marked so that the landing refuses it.
    """
    known = (*formats, *ISO_FORMATS) if time_zone else formats
    times = [_iso(_instant(text, each), each, text, time_zone) for each in known]
    return pl.coalesce(*times, text)


def _iso(
    instant: pl.Expr, spelling: str, text: pl.Expr, time_zone: str | None
) -> pl.Expr:
    """Return the text of instants read by one format; null where it read nothing."""
    if "%z" in spelling:
        return instant.dt.to_string("%Y-%m-%dT%H:%M:%S%.fZ")
    if time_zone is None:
        has_time = any(part in spelling for part in TIME_PARTS)
        return instant.dt.to_string("%Y-%m-%dT%H:%M:%S%.f" if has_time else "%Y-%m-%d")
    zoned = instant.dt.replace_time_zone(
        time_zone, ambiguous="earliest", non_existent="null"
    ).dt.to_string("%Y-%m-%dT%H:%M:%S%.f%:z")
    skipped = text + pl.lit(f" does not exist in {time_zone}")
    return pl.when(instant.is_not_null()).then(pl.coalesce(zoned, skipped))


def _instant(text: pl.Expr, spelling: str) -> pl.Expr:
    """Return naive instants read by one format (in UTC if it holds an offset)."""
    if any(part in spelling for part in TIME_PARTS):
        instant = text.str.to_datetime(spelling, time_unit="us", strict=False)
        if "%z" in spelling:
            instant = instant.dt.replace_time_zone(None)
    else:
        instant = text.str.to_date(spelling, strict=False).cast(pl.Datetime("us"))
    return pl.when(instant.dt.year() >= EARLIEST_YEAR).then(instant)
