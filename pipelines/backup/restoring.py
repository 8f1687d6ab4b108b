"""Restores an installation from a backup into an EHR_HOME that has nothing yet."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from pipelines.backup import logical
from pipelines.backup.comparing import differences, problems_of_server
from pipelines.backup.holders import BackupKeyError, Opener
from pipelines.backup.home_files import (
    ERASURES,
    LABEL,
    Head,
    put_back,
    read_head,
)
from pipelines.backup.manifest import Kind, Manifest
from pipelines.backup.repository import (
    BackupError,
    Repository,
    opened,
    regular_files,
)
from pipelines.backup.restored_server import Target, restore_server
from pipelines.backup.sealed_file import DamageError
from pipelines.backup.verifying import problems_of, problems_of_log
from pipelines.backup.wal import newest_moment
from pipelines.database import embedded
from pipelines.database.unfinished_restore import erasures_marker, marker
from pipelines.settings import Settings

Progress = Callable[[str], object]


@dataclass(frozen=True)
class Source:
    """A backup to restore from."""

    repository: Repository
    manifest: Manifest


@dataclass(frozen=True)
class Restored:
    """What a restore gave back, compared with what the backup says of itself."""

    manifest: Manifest
    tables: int
    problems: list[str] = field(default_factory=list)


def find_source(folder: Path, opener: Opener, target: Target) -> Source:
    """Return the backup to restore: the one named, or the newest before the moment.

    Raises:
        BackupError: there is none.
    """
    folder = folder.expanduser().resolve()
    if folder.parent.name == "backups" and (folder / "manifest").is_file():
        repository = Repository(folder.parents[1])
        return Source(repository, repository.manifest(folder.name, opener))
    repository = Repository(folder)
    listed = repository.all(opener)
    usable = [
        each.manifest
        for each in listed
        if each.manifest and (not target.at or each.manifest.holds_until <= target.at)
    ]
    if usable:
        return Source(repository, usable[-1])
    _explain(folder, [each.problem for each in listed], target.at)
    raise AssertionError


def _explain(folder: Path, problems: list[str], at: datetime | None) -> None:
    told = [problem for problem in problems if problem]
    if told and len(told) == len(problems):
        raise BackupKeyError(told[-1])
    when = f" from before {at:%Y-%m-%d %H:%M:%S %Z}" if at else ""
    msg = f"{folder} holds no backup{when}: see 'ehr backup list'"
    raise BackupError(msg)


def verify_source(
    source: Source, opener: Opener, target: Target, progress: Progress
) -> None:
    """Read all that a restore needs, before anything is written.

    Raises:
        DamageError: something is missing or was changed.
    """
    repository, manifest = source.repository, source.manifest
    problems: list[str] = []
    for backup_id in manifest.chain:
        progress(f"verifying {backup_id}")
        problems += problems_of(repository, backup_id, opener)
    is_log_needed = manifest.moment and not target.is_backups_own
    if is_log_needed and repository.wal(manifest.system).is_dir():
        first = manifest.moment.segment
        problems += problems_of_log(repository, manifest.system, first, opener)
    if problems:
        msg = f"{len(problems)} problems, nothing was restored: {problems[0]}"
        raise DamageError(msg)


def refuse_filled_home(settings: Settings) -> None:
    """Refuse a home in which something lies already.

    Raises:
        BackupError: it is not empty.
    """
    root = settings.root
    if root.is_dir() and any(root.iterdir()):
        msg = (
            f"{root} is not empty: set EHR_HOME to a new folder, or move this one away"
        )
        raise BackupError(msg)
    server = embedded.place(settings).folder
    if not settings.database_url and (server / "data").exists():
        msg = f"{server} holds a server of this home already: move it away"
        raise BackupError(msg)


def restore(
    settings: Settings,
    source: Source,
    opener: Opener,
    target: Target,
    progress: Progress,
) -> Restored:
    """Restore files and databases; leave the server running, not yet brought up.

    Until ``after_restore`` has repeated the erasures, nothing is served there.

    Raises:
        BackupError: the home is not empty, or the moment cannot be reached.
        DamageError: the backup was damaged.
    """
    if settings.database_url and source.manifest.kind is not Kind.LOGICAL:
        msg = "this copies the embedded server's files: unset EHR_DATABASE_URL"
        raise BackupError(msg)
    refuse_filled_home(settings)
    _refuse_later(source, target)
    verify_source(source, opener, target, progress)
    settings.root.mkdir(parents=True, exist_ok=True, mode=0o700)
    for mark in (marker, erasures_marker):
        mark(settings.root).touch(mode=0o600)
    progress("putting files back")
    _put_files_back(settings.root, source, opener, target)
    if source.manifest.kind is Kind.LOGICAL:
        restored = _load(settings, source, opener, progress)
    else:
        restored = _recover(settings, source, opener, target, progress)
    marker(settings.root).unlink()
    return restored


def _refuse_later(source: Source, target: Target) -> None:
    """Refuse a moment that lies after all that was kept."""
    newest = newest_moment(source.repository, source.manifest)
    if target.at and target.at > newest:
        msg = (
            "the backups end before that moment, at about "
            f"{newest:%Y-%m-%d %H:%M:%S %Z}: say --at latest"
        )
        raise BackupError(msg)
    if target.at and source.manifest.kind is Kind.LOGICAL:
        msg = "a dump holds one moment only: say --at backup, or use the server's tools"
        raise BackupError(msg)


def _put_files_back(root: Path, source: Source, opener: Opener, target: Target) -> None:
    """Write the files of the backup, then those kept since, up to the moment."""
    repository, manifest = source.repository, source.manifest
    held = {file.file for file in manifest.files}
    for file in manifest.files:
        put_back(repository, opener, file.file, root)
    since = _kept_since(repository, opener, held, manifest)
    begun = datetime.fromisoformat(manifest.began_at).timestamp()
    until = target.at.timestamp() if target.at else float("inf")
    for name, head in since:
        modified = head.modified_ns / 1e9
        is_wanted = not target.is_backups_own and begun <= modified <= until
        # Who was erased since stays so, whichever moment is restored.
        if is_wanted or head.path == ERASURES:
            put_back(repository, opener, name, root)


def _kept_since(
    repository: Repository, opener: Opener, held: set[str], manifest: Manifest
) -> list[tuple[str, Head]]:
    """Return the files kept after the backup began, oldest first."""
    begun = datetime.fromisoformat(manifest.began_at).timestamp()
    found = []
    for path in regular_files(repository.files):
        if path.name in held or path.stat().st_mtime < begun:
            continue
        with opened(path, opener, LABEL + path.name) as content:
            found.append((path.name, read_head(content)))
    return sorted(found, key=lambda each: each[1].modified_ns)


def _recover(
    settings: Settings,
    source: Source,
    opener: Opener,
    target: Target,
    progress: Progress,
) -> Restored:
    manifest = source.manifest
    restore_server(settings, source.repository, manifest, opener, target, progress)
    problems = list(problems_of_server(settings))
    tables = 0
    if target.is_backups_own:
        progress("comparing every table by two paths")
        tables = len(manifest.fingerprints)
        problems += differences(settings, manifest)
    return Restored(manifest, tables, problems)


def _load(
    settings: Settings, source: Source, opener: Opener, progress: Progress
) -> Restored:
    from pipelines.database.provisioning import make_databases  # noqa: PLC0415

    make_databases(settings)
    logical.refuse_filled(settings)
    progress("loading the databases")
    logical.load(settings, source.repository, source.manifest, opener)
    problems = list(logical.differences(settings, source.manifest))
    return Restored(source.manifest, len(source.manifest.fingerprints), problems)


def take_away(settings: Settings) -> None:
    """Stop a restored server and remove all that was restored."""
    where = embedded.place(settings)
    embedded.stop(settings)
    for folder in (where.folder, where.socket_folder, settings.root):
        shutil.rmtree(folder, ignore_errors=True)
