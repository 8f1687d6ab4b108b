"""From a mapping file to an adapter: one table for each file pattern."""

import fnmatch
from pathlib import Path

import polars as pl
import polars.selectors as cs

from pipelines.feeds.catalogue import FEEDS
from pipelines.sources.adapter import LINE, Adapter, Mapped, Table
from pipelines.sources.csv_feeds import required_columns
from pipelines.sources.mapping.model import FeedRows, FileMapping, Mapping
from pipelines.sources.mapping.reading import read_mapping
from pipelines.sources.mapping.rules import FeedColumns

NO_ROW = "No part of the mapping makes a row of this record."
ENDINGS = (".gz", ".csv", ".tsv", ".txt")


def adapter_from_mapping(path: Path) -> Adapter:
    """Return the adapter of a mapping file.

    Raises:
        MappingError: the file cannot be used; the message names every wrong place.
    """
    return build_adapter(read_mapping(path))


def build_adapter(mapping: Mapping) -> Adapter:
    """Return the adapter of a mapping, named after the source that it describes."""
    return Adapter(
        name=mapping.source_system,
        revision=mapping.revision,
        is_historical=mapping.kind == "historical",
        tables=tuple(build_table(mapping, file) for file in mapping.files),
    )


def build_table(mapping: Mapping, file: FileMapping) -> Table:
    """Return the table of one file pattern.

    A column is required if a required column of a feed comes from it alone.
    """
    used = _source_columns(file)
    required = {
        source
        for rows in file.rows
        for name in required_columns(FEEDS[rows.feed])
        for source in rows.columns[name].sources
    }
    mapper = _Mapper(mapping, file)
    return Table(
        name=file.pattern,
        required=tuple(name for name in used if name in required),
        optional=tuple(name for name in used if name not in required),
        map_records=mapper.map_records,
        pattern=fnmatch.translate(stem_pattern(file.pattern)),
        delimiter=file.delimiter,
    )


def stem_pattern(pattern: str) -> str:
    """Return a file pattern in lower case without its ending."""
    stem = pattern.lower()
    for ending in ENDINGS:
        stem = stem.removesuffix(ending)
    return stem


def _source_columns(file: FileMapping) -> list[str]:
    """Return every column that the file's rules read, once, in order."""
    names = [
        source
        for rows in file.rows
        for rule in rows.columns.values()
        for source in rule.sources
    ]
    return list(dict.fromkeys(names))


class _Mapper:
    """Turns the records of one kind of file into rows of its feeds."""

    def __init__(self, mapping: Mapping, file: FileMapping) -> None:
        self._file = file
        self._parts = [(rows, FeedColumns(mapping, file, rows)) for rows in file.rows]

    def map_records(self, records: pl.DataFrame) -> Mapped:
        """Return rows by feed; records without a row, and records refused."""
        records = self._without_missing(records)
        made = [self._made(records, *part) for part in self._parts]
        refused = pl.concat([each.drop_nulls("reason") for _, each in made])
        refused = refused.unique(LINE, keep="first", maintain_order=True)
        feeds: dict[str, list[pl.DataFrame]] = {}
        for (rows, _), (frame, _) in zip(self._parts, made, strict=True):
            kept = frame.join(refused, on=LINE, how="anti", maintain_order="left")
            feeds.setdefault(rows.feed, []).append(kept)
        joined = {name: pl.concat(each, how="diagonal") for name, each in feeds.items()}
        accounted = pl.concat(
            [refused[LINE], *(each[LINE] for each in joined.values())]
        )
        left_over = records.filter(~pl.col(LINE).is_in(accounted.implode()))
        excluded = left_over.select(pl.col(LINE), reason=pl.lit(NO_ROW))
        return Mapped(joined, excluded=excluded, refused=refused)

    def _without_missing(self, records: pl.DataFrame) -> pl.DataFrame:
        """Strip blanks; what the file writes for nothing becomes null."""
        stripped = cs.string().str.strip_chars()
        is_missing = stripped.is_in(["", *self._file.missing])
        return records.with_columns(
            pl.when(is_missing).then(None).otherwise(stripped).name.keep()
        )

    @staticmethod
    def _made(
        records: pl.DataFrame, rows: FeedRows, columns: FeedColumns
    ) -> tuple[pl.DataFrame, pl.DataFrame]:
        """Return the rows of one part, and per line why it is refused, or null."""
        frame = records.select(
            LINE, *columns.values(), columns.refusal().alias("reason")
        )
        if rows.only_if_filled:
            frame = frame.filter(
                pl.all_horizontal(
                    pl.col(name).is_not_null() for name in rows.only_if_filled
                )
            )
        return frame.drop("reason"), frame.select(LINE, "reason")
