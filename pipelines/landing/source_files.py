"""Takes delivered files into the archive, and reads what was taken."""

import os
import stat
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import BinaryIO

from pipelines.landing.archive import Archive, Entry
from pipelines.landing.erased import ErasedRecords
from pipelines.landing.erased_rest import rest_of
from pipelines.landing.unpacking import Damage, find_damage, unpack
from pipelines.sources.adapter import Table

CHUNK_BYTES = 1 << 20
LONE_QUOTES = (
    "it holds records of an erased patient and lines whose quotes are not balanced: "
    "deliver it without either"
)
ERASED = "it names an erased patient and has no records that could be left out"


class SourceFiles:
    """The files of one load; a dry run reads them where they lie and keeps nothing."""

    def __init__(
        self, archive: Archive, received_at: datetime, *, is_dry_run: bool
    ) -> None:
        self._archive = archive
        self._received_at = received_at
        self.is_dry_run = is_dry_run

    def keep(self, path: Path) -> Entry:
        """Archive a file's bytes; in a dry run only look them up.

        Raises:
            OSError: the file cannot be read.
        """
        with open_regular(path) as source:
            if self.is_dry_run:
                return self._archive.look_up(source, self._received_at)
            return self._archive.keep(source)

    def keep_rest(
        self,
        path: Path,
        table: Table | None,
        erased: ErasedRecords,
        is_destroyed: Callable[[str], bool],
    ) -> tuple[Entry, int]:
        """Archive a file without the records of erased patients; say how many.

        Raises:
            OSError: the file cannot be read, an erasure has destroyed it whole, or its
                quotes do not tell where records end.
        """
        chunks = partial(chunks_of, path)
        dropped = erased.find(chunks, table)
        if dropped and dropped.records and dropped.lone_quotes:
            raise OSError(LONE_QUOTES)
        if dropped and dropped.records:
            return self._archive.keep(rest_of(chunks, dropped)), dropped.records
        with open_regular(path) as source:
            address = self._archive.look_up(source, self._received_at).address
        if is_destroyed(address) or (dropped is None and erased.is_in(chunks)):
            raise OSError(ERASED)
        return self.keep(path), 0

    def plain_bytes(self, path: Path, entry: Entry) -> Iterator[bytes]:
        """Yield the unpacked bytes of a file that was taken."""
        return unpack(self._chunks(path, entry))

    def find_damage(self, path: Path, entry: Entry) -> Damage | None:
        """Return what is wrong with a compressed file that was taken, if anything."""
        return find_damage(self._chunks(path, entry))

    def count_lines(self, path: Path, entry: Entry) -> int:
        """Return how many lines end in a file that was taken."""
        return sum(plain.count(b"\n") for plain in self.plain_bytes(path, entry))

    def _chunks(self, path: Path, entry: Entry) -> Iterator[bytes]:
        return chunks_of(path) if self.is_dry_run else self._archive.read(entry.address)


def chunks_of(path: Path) -> Iterator[bytes]:
    """Yield the bytes of a file where it lies."""
    with open_regular(path) as source:
        while chunk := source.read(CHUNK_BYTES):
            yield chunk


def open_regular(path: Path) -> BinaryIO:
    """Open a file for reading: no link is followed, no pipe waited for.

    Raises:
        OSError: it is not a regular file, or cannot be read.
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        msg = "not a regular file"
        raise OSError(msg)
    return os.fdopen(descriptor, "rb")
