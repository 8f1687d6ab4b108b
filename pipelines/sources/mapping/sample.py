"""Reads foreign tables for ``ehr map``: delimiter and encoding are found, not asked.

The landing reads the same files by other means, and strictly; here a first look is
enough, and a ragged row is left out.
"""

import codecs
import csv
import gzip
import io
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import polars as pl

from pipelines.sources.adapter import LINE

# The files that the landing takes for tables.
TABLE_ENDINGS = (".csv", ".csv.gz", ".tsv", ".tsv.gz", ".txt.gz")
DELIMITERS = (",", ";", "\t", "|")
SAMPLE_ROWS = 2000
BATCH_ROWS = 50_000
LONGEST_FIELD = 1 << 20
FIRST_LOOK_BYTES = 1 << 18


@dataclass(frozen=True)
class Sample:
    """The beginning of one file."""

    path: Path
    header: tuple[str, ...]
    delimiter: str
    is_utf8: bool
    records: pl.DataFrame


class UnreadableFileError(Exception):
    """A file that is no table; the message says what it is instead."""


def table_files(path: Path) -> list[Path]:
    """Return a file itself, or the tables of a folder and its folders.

    Raises:
        UnreadableFileError: there is no table.
    """
    if path.is_file():
        return [path]
    found = sorted(
        each for each in path.rglob("*") if each.is_file() and _is_table(each.name)
    )
    if not found:
        msg = f"{path} holds no table: no file ends in .csv, .tsv, .csv.gz or .tsv.gz"
        raise UnreadableFileError(msg)
    return found


def read_sample(
    path: Path, rows: int = SAMPLE_ROWS, delimiter: str | None = None
) -> Sample:
    """Return header and first rows of a file; the delimiter is found if not said.

    Raises:
        UnreadableFileError: the file is empty, UTF-16 or has only one column.
    """
    is_utf8 = _is_utf8(path)
    delimiter = delimiter or _find_delimiter(path, is_utf8=is_utf8)
    reader = _rows(path, delimiter, is_utf8=is_utf8)
    header = tuple(name.strip() for name in next(reader))
    records = _frame(header, list(islice(reader, rows)), first_line=2)
    return Sample(path, header, delimiter, is_utf8, records)


def read_batches(path: Path, delimiter: str) -> Iterator[pl.DataFrame]:
    """Yield all records of a file as the landing names and types them."""
    reader = _rows(path, delimiter, is_utf8=_is_utf8(path))
    header = tuple(name.strip() for name in next(reader))
    line = 2
    while batch := list(islice(reader, BATCH_ROWS)):
        yield _frame(header, batch, first_line=line)
        line += len(batch)


def _is_table(name: str) -> bool:
    return name.lower().endswith(TABLE_ENDINGS)


def _open(path: Path) -> io.BufferedIOBase:
    return (
        gzip.open(path, "rb") if path.name.lower().endswith(".gz") else path.open("rb")
    )


def _is_utf8(path: Path) -> bool:
    """Return whether the beginning is UTF-8; else it is read as Windows-1252."""
    with _open(path) as file:
        start = file.read(FIRST_LOOK_BYTES)
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        msg = f"{path.name} is UTF-16: export it as UTF-8"
        raise UnreadableFileError(msg)
    if not start.strip():
        msg = f"{path.name} is empty"
        raise UnreadableFileError(msg)
    try:
        codecs.getincrementaldecoder("utf-8")().decode(start)
    except UnicodeDecodeError:
        return False
    return True


def _rows(path: Path, delimiter: str, *, is_utf8: bool) -> Iterator[list[str]]:
    """Yield the fields of each line, the header first; blank lines are none."""
    csv.field_size_limit(LONGEST_FIELD)
    encoding = "utf-8-sig" if is_utf8 else "cp1252"
    with (
        _open(path) as file,
        io.TextIOWrapper(file, encoding=encoding, errors="replace", newline="") as text,
    ):
        yield from (row for row in csv.reader(text, delimiter=delimiter) if row)


def _find_delimiter(path: Path, *, is_utf8: bool) -> str:
    """Return the sign that splits the first lines into the same number of fields."""
    splits = {}
    for delimiter in DELIMITERS:
        lines = islice(_rows(path, delimiter, is_utf8=is_utf8), 50)
        (fields, lines_alike), *_ = Counter(map(len, lines)).most_common(1)
        splits[delimiter] = (lines_alike, fields) if fields > 1 else (0, 0)
    best = max(DELIMITERS, key=lambda delimiter: splits[delimiter])
    if splits[best] == (0, 0):
        msg = f"{path.name} has one column: no comma, semicolon, tab or bar splits it"
        raise UnreadableFileError(msg)
    return best


def _frame(
    header: tuple[str, ...], rows: list[list[str]], first_line: int
) -> pl.DataFrame:
    """Return text columns in lower case, nulls for empty fields, and line numbers."""
    whole = [
        [*(field or None for field in row), line]
        for line, row in enumerate(rows, first_line)
        if len(row) == len(header)
    ]
    names = [name.lower() for name in header]
    schema = dict.fromkeys(names, pl.String) | {LINE: pl.Int64}
    return pl.DataFrame(whole, schema=schema, orient="row")
