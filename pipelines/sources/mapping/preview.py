"""What a mapping makes of real files, before anything is loaded."""

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from pipelines.sources.adapter import LINE, Table
from pipelines.sources.mapping.compiling import build_adapter
from pipelines.sources.mapping.model import FileMapping, Mapping
from pipelines.sources.mapping.reading import read_mapping
from pipelines.sources.mapping.rules import FeedColumns
from pipelines.sources.mapping.sample import read_batches, read_sample, table_files

SHOWN_ROWS = 20
SHOWN_CODES = 50


@dataclass
class FilePreview:
    """One file: its first rows before and after, and what became of all records.

    ``unmapped`` counts codes that a list does not have: feed column, code, how often.
    ``missing_columns`` are read by the mapping and not in the file; if a required one
    is among them, nothing was made of the file.
    """

    name: str
    before: pl.DataFrame
    missing_columns: tuple[str, ...]
    missing_required: tuple[str, ...]
    records: int = 0
    after: dict[str, pl.DataFrame] = field(default_factory=dict)
    made: Counter[str] = field(default_factory=Counter)
    excluded: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    unmapped: Counter[tuple[str, str]] = field(default_factory=Counter)

    def most_unmapped(self) -> list[tuple[str, str, int]]:
        """Return column, code and count, the most frequent first."""
        most = self.unmapped.most_common(SHOWN_CODES)
        return [(column, code, count) for (column, code), count in most]


@dataclass(frozen=True)
class Preview:
    """All files of a path; ``unknown`` are named by no pattern of the mapping."""

    files: tuple[FilePreview, ...]
    unknown: tuple[str, ...]


def preview(mapping: Path | Mapping, path: Path, rows: int = SHOWN_ROWS) -> Preview:
    """Return what a mapping makes of a file or a folder; nothing is written.

    Raises:
        MappingError: the mapping cannot be used.
        UnreadableFileError: a file is no table.
    """
    if isinstance(mapping, Path):
        mapping = read_mapping(mapping)
    adapter = build_adapter(mapping)
    by_pattern = {file.pattern: file for file in mapping.files}
    files, unknown = [], []
    for file in table_files(path):
        table = adapter.table_of(stem_of(file.name))
        if table is None:
            unknown.append(file.name)
        else:
            files.append(
                _preview_file(mapping, by_pattern[table.name], table, file, rows)
            )
    return Preview(tuple(files), tuple(unknown))


def stem_of(name: str) -> str:
    """Return a file's name without its endings."""
    stem = name.lower().removesuffix(".gz")
    return stem.rsplit(".", 1)[0]


def _preview_file(
    mapping: Mapping, file: FileMapping, table: Table, path: Path, rows: int
) -> FilePreview:
    sample = read_sample(path, rows, file.delimiter)
    names = {name.lower() for name in sample.header}
    found = FilePreview(
        name=path.name,
        before=sample.records.drop(LINE).head(rows),
        missing_columns=tuple(each for each in table.columns if each not in names),
        missing_required=tuple(each for each in table.required if each not in names),
    )
    if found.missing_required:
        return found
    parts = [FeedColumns(mapping, file, each) for each in file.rows]
    for batch in read_batches(path, file.delimiter):
        absent = [pl.lit(None, dtype=pl.String).alias(n) for n in found.missing_columns]
        _add_batch(found, table, batch.with_columns(*absent), rows)
        for part in parts:
            found.unmapped.update(
                part.unmapped(file.missing, batch.with_columns(*absent))
            )
    return found


def _add_batch(
    found: FilePreview, table: Table, records: pl.DataFrame, rows: int
) -> None:
    """Count what became of a batch, and keep the first rows of each feed."""
    mapped = table.map_records(records)
    found.records += records.height
    found.excluded.update(mapped.excluded["reason"])
    found.refused.update(mapped.refused["reason"])
    for feed, frame in mapped.feeds.items():
        found.made[feed] += frame.height
        if feed not in found.after:
            found.after[feed] = frame.sort(LINE).head(rows)
