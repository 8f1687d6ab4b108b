"""Plain files of an installation: deliveries as they came, and simulated ones.

They are copies of what is archived. Lines that name an erased patient become empty.
"""

import os
import secrets
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import psycopg

from pipelines.access.keyring_file import flush_folder
from pipelines.landing.discovery import stem_of
from pipelines.landing.erased import ErasedRecords
from pipelines.landing.erased_patients import Dropped, ErasedPatients, together
from pipelines.landing.erased_rest import rest_of
from pipelines.landing.source_files import chunks_of
from pipelines.settings import Settings
from pipelines.sources.catalogue import LANDED_BY
from pipelines.sources.naming import RECORD
from pipelines.sources.uploads import ADAPTER as UPLOAD

SOURCES = "select source_system, adapter from raw.source order by source_system"
PIECE_BYTES = 1 << 20


def clean_files(
    settings: Settings, owner: psycopg.Connection, erased: ErasedPatients
) -> int:
    """Rewrite every plain file that names an erased patient; return how many."""
    # An upload for the record may wait to be landed.
    sources = [*owner.execute(SOURCES).fetchall(), (RECORD, UPLOAD.name)]
    return sum(_clean(path, sources, erased) for path in _files(settings))


def _files(settings: Settings) -> Iterator[Path]:
    for folder in (settings.deliveries_folder, settings.root / "simulated"):
        if folder.is_dir():
            yield from (
                path
                for path in sorted(folder.rglob("*"))
                if path.is_file() and not path.is_symlink()
            )


def _clean(path: Path, sources: list[tuple[str, str]], erased: ErasedPatients) -> bool:
    parts: list[Dropped] = []
    chunks = partial(chunks_of, path)
    for source_system, adapter_name in sources:
        adapter = LANDED_BY.get(adapter_name)
        table = adapter.table_of(stem_of(path)) if adapter else None
        records = ErasedRecords(erased, source_system, adapter)
        dropped = records.find(chunks, table)
        if dropped is None:
            if records.is_in(chunks):
                path.unlink()
                return True
            continue
        parts.append(dropped)
    gone = together(parts)
    if gone.spans:
        _rewrite(path, gone)
    return bool(gone.spans)


def _rewrite(path: Path, dropped: Dropped) -> None:
    """Put the rest in a file's place, whole or not at all."""
    partial_file = path.with_name(f".{secrets.token_hex(8)}.part")
    rest = rest_of(partial(chunks_of, path), dropped)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
    with os.fdopen(os.open(partial_file, flags, 0o600), "wb") as handle:
        while piece := rest.read(PIECE_BYTES):
            handle.write(piece)
        handle.flush()
        os.fsync(handle.fileno())
    partial_file.rename(path)
    flush_folder(path.parent)
