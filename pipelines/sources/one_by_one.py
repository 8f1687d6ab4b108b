"""Formats whose records are read one by one: each mapped, left out or refused."""

from collections import defaultdict
from collections.abc import Callable, Iterable

import polars as pl

from pipelines.feeds.catalogue import FEEDS
from pipelines.sources.adapter import LINE, WHOLE_LINE, Mapped, no_lines

Row = dict[str, str | None]
Rows = Iterable[tuple[str, Row]]  # the feed, and the row


class LeftOutError(Exception):
    """A record that is rightly in no feed; the message says why, without a value."""


class RefusedError(Exception):
    """A record that belongs into a feed and cannot be read without guessing.

    The message says where in it, without a value.
    """


def map_one_by_one(records: pl.DataFrame, rows_of: Callable[[str], Rows]) -> Mapped:
    """Return what became of a batch; ``rows_of`` makes rows of a record's text."""
    rows: dict[str, list[Row]] = defaultdict(list)
    # Beside the rows, as a key more makes many a dictionary grow, which takes long.
    lines_of: dict[str, list[int]] = defaultdict(list)
    left_out: list[tuple[int, str]] = []
    refused: list[tuple[int, str]] = []
    lines = zip(records[LINE].to_list(), records[WHOLE_LINE].to_list(), strict=True)
    for number, text in lines:
        try:
            found = rows_of(text)
            found = found if isinstance(found, list) else list(found)
        except LeftOutError as reason:
            left_out.append((number, str(reason)))
        except RefusedError as problem:
            refused.append((number, str(problem)))
        else:
            for feed, row in found:
                rows[feed].append(row)
                lines_of[feed].append(number)
    return Mapped(
        {feed: _frame(feed, found, lines_of[feed]) for feed, found in rows.items()},
        _lines(left_out),
        _lines(refused),
    )


def _frame(feed: str, rows: list[Row], lines: list[int]) -> pl.DataFrame:
    columns = dict.fromkeys(FEEDS[feed].delivered_columns, pl.String)
    frame = pl.DataFrame(rows, schema=columns)
    return frame.hstack([pl.Series(LINE, lines, dtype=pl.Int64)])


def _lines(reasons: list[tuple[int, str]]) -> pl.DataFrame:
    if not reasons:
        return no_lines()
    return pl.DataFrame(reasons, schema=no_lines().schema, orient="row")
