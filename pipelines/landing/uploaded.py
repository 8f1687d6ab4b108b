"""A file that came over the upload page: landed on trial, read from memory.

Nothing of it touches a disk: the bytes stay in memory until they are submitted.
"""

import io
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path

import polars as pl

from pipelines.access.encryption import Keyring
from pipelines.landing.archive import Archive, Entry
from pipelines.landing.blocks import Refused
from pipelines.landing.headers import FileRefusedError
from pipelines.landing.origin import Origin
from pipelines.landing.parsing import read_records
from pipelines.landing.quarantine import Quarantine
from pipelines.landing.records import RecordReader
from pipelines.landing.refusing import RefusedRow
from pipelines.landing.source_files import SourceFiles
from pipelines.landing.unpacking import UnpackingError, unpack
from pipelines.sources.adapter import LINE, Table


class UploadedFile(SourceFiles):
    """One file in memory, in the place of the files of a load; nothing is archived."""

    def __init__(self, archive: Archive, received_at: datetime, content: bytes) -> None:
        super().__init__(archive, received_at, is_dry_run=True)
        self._content = content
        self.entry = archive.look_up(io.BytesIO(content), received_at)
        self.is_read = False

    def keep(self, path: Path) -> Entry:  # noqa: ARG002 - there is one file only
        """Return the entry that the archive would give."""
        return self.entry

    def _chunks(self, path: Path, entry: Entry) -> Iterator[bytes]:  # noqa: ARG002
        self.is_read = True
        return iter([self._content])


class NotedQuarantine(Quarantine):
    """A quarantine that also remembers what it was given, by line."""

    rows: list[RefusedRow]
    records: list[Refused]

    @classmethod
    def over(cls, connection: object, keyring: Keyring) -> "NotedQuarantine":
        """Return one that has been given nothing."""
        noted = cls(connection, keyring)
        noted.rows, noted.records = [], []
        return noted

    def add_records(self, origin: Origin, refused: Iterable[Refused]) -> None:
        """Keep and remember records that could not be read at all."""
        kept = list(refused)
        self.records += kept
        super().add_records(origin, kept)

    def add_rows(self, origin: Origin, refused: Iterable[RefusedRow]) -> None:
        """Keep and remember rows that broke a rule."""
        kept = list(refused)
        self.rows += kept
        super().add_rows(origin, kept)


def plain_size(content: bytes, most: int) -> int:
    """Return how many bytes a file unpacks to; no more than a little above ``most``."""
    size = 0
    with suppress(UnpackingError):  # the landing says what is wrong with it
        for plain in unpack(iter([content])):
            size += len(plain)
            if size > most:
                break
    return size


def line_count(content: bytes) -> int:
    """Return how many lines a file unpacks to, however they end."""
    feeds = returns = 0
    with suppress(UnpackingError):  # the landing says what is wrong with it
        for plain in unpack(iter([content])):
            feeds += plain.count(b"\n")
            returns += plain.count(b"\r")
    return max(feeds, returns)


def text_rows(content: bytes, table: Table) -> pl.DataFrame:
    """Return the readable records as text columns, with their lines."""
    try:
        reader = RecordReader(unpack(iter([content])), table.delimiter)
        frames = [
            read_records(block, reader.header, table)
            for block in reader.blocks()
            if len(block.line_numbers)
        ]
    except (FileRefusedError, UnpackingError):
        frames = []
    if frames:
        return pl.concat(frames)
    return pl.DataFrame(
        schema=dict.fromkeys(table.columns, pl.String) | {LINE: pl.Int64}
    )
