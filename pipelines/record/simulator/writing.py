"""Rows to csv deliveries: one file per feed, columns and times as its contract says."""

import os
from collections import Counter
from pathlib import Path

import polars as pl

from pipelines.feeds.catalogue import FEEDS
from pipelines.feeds.contract import ColumnType, Feed
from pipelines.record.simulator.journal import Row

_FORMATS = {ColumnType.DATE: "%Y-%m-%d", ColumnType.TIMESTAMP: "%Y-%m-%dT%H:%M:%SZ"}
_MICROSECONDS_PER_MINUTE = 60_000_000


def time_formats(feed: Feed) -> dict[str, str]:
    """Return how each of a feed's columns that hold a minute is printed."""
    formats = {
        column.name: _FORMATS[column.type]
        for column in feed.columns
        if column.type in _FORMATS
    }
    return {**formats, "source_updated_at": _FORMATS[ColumnType.TIMESTAMP]}


def frame_of(feed: Feed, rows: list[Row]) -> pl.DataFrame:
    """Return rows as text columns in the order of delivery."""
    formats = time_formats(feed)
    columns = []
    for name in feed.delivered_columns:
        values = [row.get(name) for row in rows]
        if name in formats:
            minutes = pl.Series(name, values, dtype=pl.Int64, strict=False)
            instants = (minutes * _MICROSECONDS_PER_MINUTE).cast(pl.Datetime("us"))
            columns.append(instants.dt.strftime(formats[name]))
        else:
            texts = [None if value is None else str(value) for value in values]
            columns.append(pl.Series(name, texts, dtype=pl.String))
    return pl.DataFrame(columns)


class DeliveryFolder:
    """One csv file per feed, written piece by piece; counts what was written.

    Nobody else may read them: a simulated record is handled like a real one.
    """

    def __init__(self, folder: Path, feeds: tuple[str, ...]) -> None:
        self.folder = folder
        self.rows: Counter[str] = Counter()
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for name in feeds:
            self._begin(name)
            self.rows[name] = 0

    def _path(self, name: str) -> Path:
        return self.folder / f"{name}.csv"

    def _begin(self, name: str) -> None:
        path = self._path(name)
        path.unlink(missing_ok=True)  # an old file would keep its old mode
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            frame_of(FEEDS[name], []).write_csv(file)

    def append(self, name: str, rows: list[Row]) -> None:
        """Add rows to the file of a feed."""
        with self._path(name).open("ab") as file:
            frame_of(FEEDS[name], rows).write_csv(file, include_header=False)
        self.rows[name] += len(rows)
