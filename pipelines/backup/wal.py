"""The server's log since a backup: fetched from where the server puts it, sealed, kept.

With it a restore can go to any moment after a backup. A delivery landed meanwhile and a
key made meanwhile are kept with it: the log alone would not bring them back.
"""

import fcntl
import os
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import psycopg

from pipelines.backup.holders import BackupKeys, Opener
from pipelines.backup.home_files import is_kept, keep, kept_with_the_log
from pipelines.backup.manifest import Manifest
from pipelines.backup.repository import (
    BackupError,
    Repository,
    copied_into,
    opened,
    seal_file,
)
from pipelines.backup.sealed_file import DamageError
from pipelines.database import embedded, wal_spool
from pipelines.database.connections import administrator_conninfo
from pipelines.settings import Settings

LOG_NAME = re.compile(r"[0-9A-F]{8}(\.history|[0-9A-F]{16}(\.[0-9A-F]{8}\.backup)?)")
SEGMENT_NAME = re.compile(r"[0-9A-F]{24}")
HISTORY_NAME = re.compile(r"[0-9A-F]{8}\.history")
SYSTEM = "select system_identifier::text from pg_control_system()"
TIMELINE = "select left(pg_walfile_name(pg_current_wal_insert_lsn()), 8)"
ZEROES = bytes(1 << 16)


@dataclass(frozen=True)
class Fetched:
    """What one round brought to the backups."""

    segments: int
    files: int


def label_of(system: str, name: str) -> str:
    """Return what a segment is sealed for."""
    return f"wal|{system}|{name}"


def system_of(settings: Settings) -> str:
    """Return the number that tells this server from all others."""
    with psycopg.connect(**administrator_conninfo(settings)) as server:
        row = server.execute(SYSTEM).fetchone()
    return str(row[0]) if row else ""


def timeline_of(settings: Settings) -> str:
    """Return the timeline that the server writes; each restore begins another."""
    with psycopg.connect(**administrator_conninfo(settings)) as server:
        row = server.execute(TIMELINE).fetchone()
    return str(row[0]) if row else ""


def fetch_log(
    settings: Settings, repository: Repository, keys: BackupKeys, system: str = ""
) -> Fetched:
    """Seal what the server has put out, and files that belong to it; take it away.

    A server that is stopped cannot be asked which one it is: ``system`` says it.

    Raises:
        BackupError: another piece of that name is there already.
    """
    with _only_one_fetches(settings):
        return _fetch_waiting(settings, repository, keys, system)


def waiting_segments(settings: Settings) -> list[Path]:
    """Return the pieces of the log that no backup has fetched yet, oldest first."""
    folder = wal_spool.spool(embedded.place(settings))
    if not folder.is_dir():
        return []
    return sorted(each for each in folder.iterdir() if LOG_NAME.fullmatch(each.name))


def histories(settings: Settings) -> list[Path]:
    """Return the files that tell where a restored server went on from an older one.

    The server archives nothing while it is restored, not even the file that it writes
    then; without it the next restore would not find what was written since.
    """
    folder = embedded.place(settings).data_folder / "pg_wal"
    return sorted(
        path for path in folder.glob("*.history") if HISTORY_NAME.fullmatch(path.name)
    )


def seconds_waiting(settings: Settings) -> float:
    """Return how long the oldest unfetched piece has been waiting."""
    ages = [0.0]
    for path in waiting_segments(settings):
        with suppress(FileNotFoundError):
            ages.append(time.time() - path.stat().st_mtime)
    return max(ages)


def unpack_log(
    repository: Repository, system: str, opener: Opener, names: list[str], target: Path
) -> None:
    """Write pieces of the log into a folder; what is left empty takes no space."""
    for name in names:
        path = repository.wal(system) / name
        with opened(path, opener, label_of(system, name)) as content:
            _write_sparsely(content, target / name)


def log_from(repository: Repository, system: str, first: str) -> list[str]:
    """Return the names of what was archived from a segment on, histories included."""
    folder = repository.wal(system)
    if not folder.is_dir():
        return []
    names = sorted(path.name for path in folder.iterdir())
    return [
        name
        for name in names
        if LOG_NAME.fullmatch(name)
        and (not SEGMENT_NAME.fullmatch(name) or name[8:] >= first[8:])
    ]


def histories_in(repository: Repository, system: str) -> list[str]:
    """Return the names of the histories that were archived."""
    folder = repository.wal(system)
    return sorted(path.name for path in folder.glob("*.history"))


def newest_moment(repository: Repository, manifest: Manifest) -> datetime:
    """Return the newest moment that the backups give back, about, and not too late.

    A piece that is being sealed, or was when the machine was lost, gives back nothing.
    """
    folder = repository.wal(manifest.system)
    if not manifest.system or not folder.is_dir():
        return manifest.holds_until
    closed = [
        datetime.fromtimestamp(path.stat().st_mtime, UTC)
        for path in folder.iterdir()
        if SEGMENT_NAME.fullmatch(path.name)
    ]
    return max([manifest.holds_until, *closed])


@contextmanager
def _only_one_fetches(settings: Settings) -> Iterator[None]:
    """Let the log's schedule, a backup and the end of the server take turns.

    The folder itself is locked: each server has one, and a lock's file would be a piece
    that is none.
    """
    folder = wal_spool.spool(embedded.place(settings))
    if not folder.is_dir():  # a server of someone else's, or none yet
        yield
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _fetch_waiting(
    settings: Settings, repository: Repository, keys: BackupKeys, system: str
) -> Fetched:
    # Pieces are looked for first: what they tell of is in files that are there by then.
    waiting = waiting_segments(settings)
    files = [
        path
        for path in kept_with_the_log(settings)
        if not is_kept(repository, settings.root, path)
    ]
    if not waiting and not files:
        return Fetched(0, 0)
    key = keys.new_data_key()
    for path in files:
        keep(repository, settings.root, path, key, {})
    if waiting:
        system = system or system_of(settings)
        for path in waiting:
            _keep_segment(repository, system, path, keys)
            path.unlink()
        for path in histories(settings):
            _keep_segment(repository, system, path, keys)
    return Fetched(len(waiting), len(files))


def _keep_segment(
    repository: Repository, system: str, path: Path, keys: BackupKeys
) -> None:
    target, label = repository.wal(system) / path.name, label_of(system, path.name)
    if target.exists():
        _refuse_other(target, label, path, keys.opener())
        return
    closed_at = path.stat().st_mtime_ns
    with path.open("rb") as content:
        seal_file(target, keys.new_data_key(), label, copied_into(content))
    # What was written between the server's closing it and now is in the next one.
    os.utime(target, ns=(closed_at, closed_at))


def _refuse_other(target: Path, label: str, path: Path, opener: Opener) -> None:
    """Accept the same piece twice: the server may give it again after a crash."""
    with suppress(DamageError), opened(target, opener, label) as content:
        if content.read() == path.read_bytes():
            return
    msg = (
        f"{target} is there already and is another: two servers write into one folder "
        "of backups, or it was changed; move it away and make a full backup"
    )
    raise BackupError(msg)


def _write_sparsely(content: object, path: Path) -> None:
    size = 0
    with path.open("wb") as target:
        while chunk := content.read(len(ZEROES)):
            size += len(chunk)
            if chunk == ZEROES[: len(chunk)]:
                target.seek(size)
            else:
                target.write(chunk)
        target.truncate(size)
