"""Opens a file for its records, from the archive or, in a dry run, from where it lies."""

from collections.abc import Iterator
from pathlib import Path

from pipelines.landing.archive import Archive, Entry
from pipelines.landing.records import RecordReader
from pipelines.landing.unpacking import unpack

CHUNK_BYTES = 1 << 20


def open_records(path: Path, delimiter: str) -> RecordReader:
    """Return the reader of a file where it lies."""
    return RecordReader(unpack(_chunks(path)), delimiter)


def open_archived(archive: Archive, entry: Entry, delimiter: str) -> RecordReader:
    """Return the reader of an archived file."""
    return RecordReader(unpack(archive.read(entry.address)), delimiter)


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as source:
        while chunk := source.read(CHUNK_BYTES):
            yield chunk
