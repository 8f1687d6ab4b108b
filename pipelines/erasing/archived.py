"""The archive without a patient: entries with records of theirs get a new body.

A body is shared by many patients and has one data key, so no key can be destroyed for
one patient alone. The rest is written as an entry of its own, received when the old one
was; the books then name the new entry, and the old one is destroyed, key first. It
stays where another source delivered the same bytes: there they are of its own patients.
"""

import os
import shutil
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial

import psycopg

from pipelines.access.keyring_file import flush_folder
from pipelines.failpoints import reach
from pipelines.landing.archive import Archive, Entry
from pipelines.landing.archive_entry import KEY
from pipelines.landing.erased import ErasedRecords
from pipelines.landing.erased_patients import Dropped, ErasedPatients, together
from pipelines.landing.erased_rest import rest_of
from pipelines.sources.adapter import Adapter, Table
from pipelines.sources.catalogue import LANDED_BY
from pipelines.sources.operational import ADAPTER as OPERATIONAL

FILES = """
    select
        file.archive_address, delivery.source_system, delivery.adapter,
        file.table_name, array_agg(file.file_id order by file.file_id)
    from raw.delivery_file as file
    inner join raw.delivery as delivery using (delivery_id)
    where file.archive_address is not null
        and file.replayed_file_id is null
        and (%(source)s = '' or delivery.source_system in (%(source)s, %(record)s))
    group by 1, 2, 3, 4
    order by 1, 2, 3, 4
"""
DESTROY = """
    insert into access.erased_entry (archive_address, replaced_by, erasure_id)
    select %(address)s, %(replaced_by)s, %(erasure_id)s
    where not exists (
        select from raw.delivery_file where archive_address = %(address)s
    )
    on conflict (archive_address) do update set replaced_by = excluded.replaced_by
"""
DESTROYED = "select archive_address from access.erased_entry"
OVERWRITE_BYTES = 1 << 20


@dataclass(frozen=True)
class ArchivedFile:
    """One archived file as one source delivered it, under the ids of its deliveries."""

    address: str
    source_system: str
    adapter: Adapter | None
    table: Table | None
    file_ids: list[int]


@dataclass
class Rest:
    """What is left of an entry: a new one or none, and what went, per delivery."""

    address: str
    entry: Entry | None
    parts: list[tuple[ArchivedFile, Dropped]] = field(default_factory=list)


def entries_without(
    owner: psycopg.Connection,
    archive: Archive,
    erased: ErasedPatients,
    source_system: str,
) -> Iterator[Rest]:
    """Write the rest of every entry that holds records of erased patients."""
    by_address: dict[str, list[ArchivedFile]] = {}
    for file in _files(owner, source_system):
        by_address.setdefault(file.address, []).append(file)
    for address, files in by_address.items():
        rest = _rest(archive, erased, address, files)
        if rest:
            reach("erasure.entry")
            yield rest


def enter_destroyed(
    owner: psycopg.Connection, rest: Rest, erasure_id: uuid.UUID
) -> None:
    """Enter that an entry which no book names any more is to be destroyed."""
    values = {
        "address": rest.address,
        "replaced_by": rest.entry.address if rest.entry else None,
        "erasure_id": erasure_id,
    }
    owner.execute(DESTROY, values)


def destroy_entries(owner: psycopg.Connection, archive: Archive) -> int:
    """Destroy every entry that is entered as destroyed and still there."""
    destroyed = 0
    for (address,) in owner.execute(DESTROYED).fetchall():
        folder = archive.folder_of(address)
        if not folder.exists():
            continue
        key = folder / KEY
        if key.exists():
            # Without its data key a body opens to nobody, wherever a copy lies.
            with key.open("r+b") as handle:
                handle.write(os.urandom(key.stat().st_size))
                handle.flush()
                os.fsync(handle.fileno())
            key.unlink()
            flush_folder(folder)
        reach("erasure.key_destroyed")
        shutil.rmtree(folder)
        flush_folder(folder.parent)
        destroyed += 1
    return destroyed


def _files(owner: psycopg.Connection, source_system: str) -> Iterator[ArchivedFile]:
    values = {"source": source_system, "record": OPERATIONAL.name}
    for address, source, adapter_name, table_name, file_ids in owner.execute(
        FILES, values
    ).fetchall():
        adapter = {**LANDED_BY, OPERATIONAL.name: OPERATIONAL}.get(adapter_name)
        tables = adapter.tables if adapter else ()
        table = next((each for each in tables if each.name == table_name), None)
        yield ArchivedFile(address, source, adapter, table, file_ids)


def _rest(
    archive: Archive, erased: ErasedPatients, address: str, files: list[ArchivedFile]
) -> Rest | None:
    """Write the rest of one entry; None if nothing of it goes."""
    chunks = partial(archive.read, address)
    parts = []
    for file in files:
        records = ErasedRecords(erased, file.source_system, file.adapter)
        dropped = records.find(chunks, file.table)
        if dropped is None and records.is_in(chunks):
            return Rest(address, None, [(file, Dropped()) for file in files])
        parts.append((file, dropped or Dropped()))
    gone = together([dropped for _, dropped in parts])
    if not gone.spans:
        return None
    entry = archive.keep(rest_of(chunks, gone), archive.header(address))
    return Rest(address, entry, parts)
