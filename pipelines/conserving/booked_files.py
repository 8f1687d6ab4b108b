"""From the books to the bytes: is every file archived, and are its records counted?

All files are looked for. Bytes are read up to a limit a night: those of the last days
first, the others drawn by chance, so that in time each has been read. A file whose
count broke is noted, and read every night until it is whole, beside the limit.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

import psycopg

from pipelines.access.keyring import KeyringError
from pipelines.conserving.bytes_counted import count_records
from pipelines.conserving.steps import ARCHIVED, COUNTED, FILES, Counted
from pipelines.landing.archive import Archive
from pipelines.landing.archive_entry import ArchiveError, sealed_key
from pipelines.landing.report import Verdict
from pipelines.landing.unpacking import UnpackingError, unpack
from pipelines.sources.adapter import Adapter
from pipelines.sources.catalogue import LANDED_BY
from pipelines.sources.operational import ADAPTER as OPERATIONAL

MOST_BYTES = 1 << 30  # a night; some 20 seconds
ROWS_AT_A_TIME = 5_000
ADAPTERS: dict[str, Adapter] = {**LANDED_BY, OPERATIONAL.name: OPERATIONAL}
# What rows that landed from quarantine were read from was counted when it came.
BOOKED = """
    select
        file.file_id,
        noted.file_id is not null,
        delivery.source_system,
        delivery.adapter,
        file.table_name,
        file.archive_address,
        file.byte_count,
        file.verdict,
        file.records,
        coalesce(erased.records, 0)
    from raw.delivery_file as file
    inner join raw.delivery as delivery
        on file.delivery_id = delivery.delivery_id
    left join raw.delivery_exclusion as erased
        on file.file_id = erased.file_id and erased.reason = 'erased'
    left join quality.uncounted_file as noted
        on file.file_id = noted.file_id
    where file.replayed_file_id is null
    order by
        noted.file_id is not null desc,
        file.received_at >= now() - interval '2 days' desc,
        random()
"""
# Read as records. What was refused or held as a whole may not be one at all.
READ = frozenset({Verdict.MAPPED, Verdict.EMPTY, Verdict.NOT_TAKEN, Verdict.UNKNOWN})


class Booked(NamedTuple):
    """One file as the books have it; ``erased`` of its records are no more in it.

    ``is_noted``: its count broke when it was last read.
    """

    file_id: int
    is_noted: bool
    source_system: str
    adapter: str
    table_name: str | None
    address: str | None
    byte_count: int
    verdict: str
    records: int
    erased: int


@dataclass
class _Files:
    """What was found of the files of one source."""

    archived: Counter[str] = field(default_factory=Counter)
    counted: Counter[str] = field(default_factory=Counter)
    has_unread_break: bool = False


class BookedFiles:
    """Compares the files of the books with the archive."""

    def __init__(self, archive: Archive, *, most_bytes: int = MOST_BYTES) -> None:
        self._archive = archive
        self._bytes_left = most_bytes
        self._sources: dict[str, _Files] = {}
        self._found: dict[tuple[str, str], int | None] = {}
        self.uncounted: list[int] = []  # files to be noted: their count broke

    def look(self, connection: psycopg.Connection) -> list[Counted]:
        """Return what came out of both steps, for every source."""
        for file in _booked(connection):
            source = self._sources.setdefault(file.source_system, _Files())
            if self._is_archived(file, source):
                self._compare(file, source)
            else:
                self._leave(file, source, "not_archived")
        return [
            step
            for name, source in self._sources.items()
            for step in _steps(name, source)
        ]

    def _is_archived(self, file: Booked, source: _Files) -> bool:
        """Return whether the books name an entry that lies there, whole by its size."""
        source.archived["before"] += 1
        if file.address is None:
            is_gone = file.verdict != Verdict.NOT_OPENED
            source.archived["erased_whole" if is_gone else "not_opened"] += 1
            return False
        try:
            sealed_key(self._archive.folder_of(file.address), file.address)
            size = self._archive.entry(file.address).byte_count
        except ArchiveError:
            size = None
        if size != file.byte_count:
            source.archived["missing"] += 1
            return False
        source.archived["archived"] += 1
        return True

    def _compare(self, file: Booked, source: _Files) -> None:
        """Count a file's records in its bytes, and set them against the books."""
        if file.verdict not in READ:
            self._leave(file, source, "unread_whole")
            return
        delimiter = _delimiter_of(file)
        is_known = (file.address, delimiter) in self._found
        if self._bytes_left <= 0 and not (is_known or file.is_noted):
            self._leave(file, source, "another_night")
            return
        found = None if delimiter is None else self._count(file, delimiter)
        if found is None:
            self._leave(file, source, "not_countable")
            return
        booked = file.records - file.erased
        source.counted["before"] += found + file.erased
        source.counted["in_bytes"] += booked
        source.counted["erased"] += file.erased
        source.counted["missing"] += max(found - booked, 0)
        source.counted["extra"] += max(booked - found, 0)
        if found != booked:
            self.uncounted.append(file.file_id)

    def _leave(self, file: Booked, source: _Files, why: str) -> None:
        """Take the books' word for a file's records, under the reason why.

        Not of a file that broke: it stays noted, unless an erasure took all of it.
        """
        source.counted["before"] += file.records
        source.counted[why] += file.records
        if file.is_noted and file.address is not None:
            source.has_unread_break = True
            self.uncounted.append(file.file_id)

    def _count(self, file: Booked, delimiter: str) -> int | None:
        """Return the records of a file's bytes; the same bytes are counted once."""
        key = (file.address, delimiter)
        if key not in self._found:
            self._bytes_left -= 0 if file.is_noted else file.byte_count
            try:
                chunks = unpack(self._archive.read(file.address))
                self._found[key] = count_records(chunks, delimiter)
            except (ArchiveError, KeyringError, UnpackingError):
                # Size and key are there: that it does not open is damage.
                self._found[key] = 0
        return self._found[key]


def _booked(connection: psycopg.Connection) -> Iterator[Booked]:
    with connection.cursor(name="booked_files") as cursor:
        cursor.itersize = ROWS_AT_A_TIME
        for row in cursor.execute(BOOKED):
            yield Booked(*row)


def _delimiter_of(file: Booked) -> str | None:
    """Return what parts the records of a file; None if only its mapping file knew."""
    adapter = ADAPTERS.get(file.adapter)
    if adapter is None:
        return None
    named = (each for each in adapter.tables if each.name == file.table_name)
    table = next(named, None)
    return table.delimiter if table else ","


def _steps(name: str, source: _Files) -> Iterator[Counted]:
    for step, found in ((ARCHIVED, source.archived), (COUNTED, source.counted)):
        parts = dict(found)
        before, missing, extra = (
            parts.pop(key, 0) for key in ("before", "missing", "extra")
        )
        parts = {code: count for code, count in parts.items() if count}
        is_judged = step is ARCHIVED or not source.has_unread_break
        yield Counted(step, name, FILES, before, missing, extra, parts, is_judged)
