"""The server of a restore: increments combined, the log replayed up to a moment."""

import shutil
import tarfile
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import psycopg

from pipelines.backup.holders import Opener
from pipelines.backup.manifest import Manifest
from pipelines.backup.recovery_end import last_segment, recovery_ended, start_of
from pipelines.backup.repository import (
    BackupError,
    Repository,
    opened,
    piece_label,
)
from pipelines.backup.server_copy import LOG, SERVER, fresh_folder
from pipelines.backup.wal import histories_in, log_from, unpack_log
from pipelines.database import embedded
from pipelines.database.connections import administrator_conninfo
from pipelines.database.server_programs import ServerError, run
from pipelines.database.service_user import Place, prepare
from pipelines.settings import Settings

FOLDER = "restore"
RECOVERY_SECONDS = 6 * 3600
Progress = Callable[[str], object]


@dataclass(frozen=True)
class Target:
    """The moment to restore: the backup's own, a given one, or the latest there is."""

    is_backups_own: bool = False
    at: datetime | None = None


LATEST = Target()


def restore_server(
    settings: Settings,
    repository: Repository,
    manifest: Manifest,
    opener: Opener,
    target: Target,
    progress: Progress,
) -> None:
    """Make the data folder of a restored server and start it at the moment.

    Raises:
        ServerError: it does not start, or a copy is not what it should be.
        BackupError: the log does not reach the moment, or not all of it was replayed.
    """
    where = embedded.place(settings)
    prepare(where, embedded.packages_folder())
    embedded.check_version(where)
    folder = fresh_folder(where, FOLDER)
    try:
        copies = [
            _unpack(repository, backup_id, opener, folder, where, progress)
            for backup_id in manifest.chain
        ]
        data = _combine(where, copies, folder, progress)
        _unpack_piece(repository, manifest, LOG, opener, data / "pg_wal")
        log = _later_log(repository, manifest, opener, target, folder)
        _give_all(log, where)
        (data / "recovery.signal").touch(mode=0o600)
        _give_all(data, where)
        data.rename(where.data_folder)
        progress("replaying the log")
        _recover(settings, where, options_for(manifest, target, log))
        if target == LATEST:
            _refuse_short(where, log)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def options_for(manifest: Manifest, target: Target, log: Path) -> list[str]:
    """Return how the server is told where to get the log, and where to stop."""
    options = [
        f"restore_command=cp '{log}/%f' '%p'",
        "recovery_target_action=promote",
        "archive_mode=off",
    ]
    if target.is_backups_own and manifest.moment:
        position = manifest.moment.position
        stop = f"recovery_target_lsn={position}"
        inclusive = "recovery_target_inclusive=off"
        return [*options, stop, inclusive, "recovery_target_timeline=current"]
    options.append("recovery_target_timeline=latest")
    if target.at:
        return [*options, f"recovery_target_time={target.at.isoformat()}"]
    return options


def _unpack(
    repository: Repository,
    backup_id: str,
    opener: Opener,
    folder: Path,
    where: Place,
    progress: Progress,
) -> Path:
    progress(f"unpacking {backup_id}")
    manifest = repository.manifest(backup_id, opener)
    target = folder / backup_id
    target.mkdir(mode=0o700)
    _unpack_piece(repository, manifest, SERVER, opener, target)
    _give_all(target, where)
    run(where, "pg_verifybackup", "-q", str(target / "data"))
    return target / "data"


def _combine(
    where: Place, copies: list[Path], folder: Path, progress: Progress
) -> Path:
    if len(copies) == 1:
        return copies[0]
    progress("combining the increments")
    combined = folder / "combined"
    arguments = [str(copy) for copy in copies]
    arguments += ["-o", str(combined), "--manifest-checksums=SHA256"]
    run(where, "pg_combinebackup", *arguments)
    run(where, "pg_verifybackup", "-q", str(combined))
    return combined


def _unpack_piece(
    repository: Repository,
    manifest: Manifest,
    name: str,
    opener: Opener,
    target: Path,
) -> None:
    piece = manifest.piece(name)
    path = repository.backups / manifest.backup_id / piece.file
    label = piece_label(manifest.backup_id, name)
    with opened(path, opener, label) as content:
        with tarfile.open(mode="r|", fileobj=content, bufsize=1 << 20) as archive:
            archive.extractall(target, filter="data")
        content.sealed()  # to the end, where a cut would show


def _later_log(
    repository: Repository,
    manifest: Manifest,
    opener: Opener,
    target: Target,
    folder: Path,
) -> Path:
    """Write the log that was archived after the backup where the server finds it."""
    log = folder / "log"
    log.mkdir(mode=0o700)
    if manifest.moment:
        system, first = manifest.system, manifest.moment.segment
        # The histories, too, of which the server must not begin one a second time.
        names = (
            histories_in(repository, system)
            if target.is_backups_own
            else log_from(repository, system, first)
        )
        unpack_log(repository, system, opener, names, log)
    return log


def _recover(settings: Settings, where: Place, options: list[str]) -> None:
    """Start the server and wait until it has replayed the log.

    Raises:
        BackupError: the log ends before the moment.
    """
    try:
        embedded.start_with(where, *options)
    except ServerError as problem:
        raise BackupError(_told(where)) from problem
    limit = time.monotonic() + RECOVERY_SECONDS
    while time.monotonic() < limit:
        with suppress(psycopg.OperationalError):
            if not _is_recovering(settings):
                return
        if not embedded.is_running(where):
            break
        time.sleep(0.2)
    raise BackupError(_told(where))


def _refuse_short(where: Place, log: Path) -> None:
    """Refuse a server that ended its recovery before the log that it was given.

    To the server, log that it cannot read is not there: it goes on from what it has,
    and all that was done since the backup would be lost without a word.

    Raises:
        BackupError: it did.
    """
    last = last_segment(path.name for path in log.iterdir())
    if last and recovery_ended(where.data_folder) <= start_of(last):
        msg = (
            f"the log was given up to piece {last} and was not replayed to there: the "
            f"end of {where.log_file} says why; '--at backup' needs no log, and leaves "
            "out what was written since"
        )
        raise BackupError(msg)


def _is_recovering(settings: Settings) -> bool:
    with psycopg.connect(**administrator_conninfo(settings)) as server:
        row = server.execute("select pg_is_in_recovery()").fetchone()
    return bool(row and row[0])


def _told(where: Place) -> str:
    log = where.log_file.read_text() if where.log_file.exists() else ""
    if "before configured recovery target was reached" in log:
        return "the backups end before that moment: say --at latest"
    return f"the restored server does not start: read the end of {where.log_file}"


def _give_all(folder: Path, where: Place) -> None:
    if where.user:
        for path in (folder, *folder.rglob("*")):
            shutil.chown(path, where.user, where.user)
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o700 if path.is_dir() else 0o600)
