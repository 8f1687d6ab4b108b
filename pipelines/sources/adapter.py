"""What every adapter is made of: tables it knows, and how each becomes feed rows.

An adapter renames, derives and splits; it does not judge. Values stay text: the landing
types them by the feed's contract and refuses, with reason, what cannot be read. An
adapter reads one file at a time and keeps no state, so files may come in any order.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import polars as pl

LINE = "line_number"
# The delimiter of a table whose lines are not parted: no text holds this character.
UNPARTED = "\x1f"
WHOLE_LINE = "line"  # the one column of such a table, which has no header
# The delimiter of a table whose records are messages of several lines.
MESSAGES = "\x1e"
TABLE_FILES = (".csv", ".tsv", ".txt")


def no_lines() -> pl.DataFrame:
    """Return an empty list of lines with a reason."""
    return pl.DataFrame(schema={LINE: pl.Int64, "reason": pl.String})


@dataclass(frozen=True)
class Mapped:
    """What became of one batch of records.

    ``feeds`` holds, per feed, text columns named as in ``Feed.delivered_columns``
    (absent ones are null; ``record_id`` null or absent means: make one from the natural
    key) and ``line_number``. ``excluded`` holds ``line_number`` and ``reason`` of
    records that are rightly in no feed; ``refused`` of records that belong into one and
    cannot be read without guessing (they go to quarantine whole). Every record is in
    exactly one of the three.
    """

    feeds: Mapping[str, pl.DataFrame]
    excluded: pl.DataFrame = field(default_factory=no_lines)
    refused: pl.DataFrame = field(default_factory=no_lines)


@dataclass(frozen=True)
class Table:
    """One kind of file of a source.

    ``map_records`` receives text columns named as in ``columns`` in lower case (absent
    ones null, empty fields null) and ``line_number``. ``required`` are the columns
    without which a file is not this table. ``None`` as ``map_records``: the source
    holds this, and no feed takes it yet; its records are counted as excluded.
    A table with ``UNPARTED`` lines has no header and one column, the line itself; of
    ``MESSAGES`` a line is a whole message. ``endings`` are those of its files' names.
    ``pattern`` is the regular expression of the file names, in lower case and without
    ending, that stand for the table; without one only its name does.
    """

    name: str
    required: tuple[str, ...]
    optional: tuple[str, ...] = ()
    map_records: Callable[[pl.DataFrame], Mapped] | None = None
    pattern: str | None = None
    delimiter: str = ","
    endings: tuple[str, ...] = TABLE_FILES

    @property
    def columns(self) -> tuple[str, ...]:
        """Return every column that the table knows, in lower case."""
        return (*self.required, *self.optional)

    @property
    def header_lines(self) -> int:
        """Return how many lines of a file are no records."""
        return 0 if self.delimiter in (UNPARTED, MESSAGES) else 1

    def ends_like(self, file_name: str) -> bool:
        """Return whether a file's name ends as this table's files do."""
        return file_name.lower().removesuffix(".gz").endswith(self.endings)

    def is_named(self, stem: str) -> bool:
        """Return whether a file's lower-case name, without ending, is this table's."""
        if self.pattern is None:
            return stem == self.name
        return re.fullmatch(self.pattern, stem) is not None


@dataclass(frozen=True)
class Adapter:
    """One source format.

    ``revision`` rises when the same file would give other rows. ``is_historical``: the
    source's ``today`` is its last event, not the clock. ``expected_tables`` are
    reported when a folder lacks them. ``gives_patient_keys``: patients come by the
    warehouse's own keys, which land as they are; only the operational record, which
    has them from the warehouse, may say so. ``speaks_for_record``: it lands under the
    name of the record, with the numbers of its patients. ``is_stream``: deliveries come
    as things happen, seconds apart, so that one is no measure of the next.
    """

    name: str
    revision: int
    is_historical: bool
    tables: tuple[Table, ...]
    expected_tables: tuple[str, ...] = ()
    gives_patient_keys: bool = False
    speaks_for_record: bool = False
    is_stream: bool = False

    def table_of(self, stem: str) -> Table | None:
        """Return the table that a file's name, without folder or ending, is of."""
        wanted = stem.lower()
        return next((table for table in self.tables if table.is_named(wanted)), None)
