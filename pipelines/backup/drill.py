"""A restore drill: the newest backup restored beside, compared, and taken away."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

import psycopg

from pipelines.access.audit import verify
from pipelines.backup.holders import Opener
from pipelines.backup.key_files import load_backup_keys
from pipelines.backup.manifest import Kind, Manifest
from pipelines.backup.repository import BackupError, Repository
from pipelines.backup.restored_server import LATEST, Target
from pipelines.backup.restoring import Source, find_source, restore, take_away
from pipelines.backup.wal import newest_moment
from pipelines.database.connections import connect
from pipelines.database.roles import Role
from pipelines.settings import Settings

FOLDER = "drill"
BACKUPS_OWN = Target(is_backups_own=True)
RECORD = """
    insert into quality.restore_drill (
        backup_id, holds_until, started_at, ended_at, tables_compared, tables_unread,
        problem_count, first_problem, recovery_point_seconds, recovery_time_seconds
    )
    values (%s, %s, %s, clock_timestamp(), %s, %s, %s, %s, %s, %s)
"""
LAST = """
    select
        ended_at, backup_id, tables_compared, tables_unread, problem_count,
        first_problem, recovery_point_seconds, recovery_time_seconds
    from quality.restore_drill
    order by drill_id desc
    limit 1
"""


@dataclass(frozen=True)
class Drill:
    """What a drill showed."""

    manifest: Manifest
    tables: int
    problems: list[str]
    recovery_point_seconds: float
    recovery_time_seconds: float


def backups_of(settings: Settings) -> Repository:
    """Return the folder of backups of the settings.

    Raises:
        BackupError: none is set.
    """
    if settings.backup_folder is None:
        msg = "no folder of backups: set EHR_BACKUP_FOLDER, on another disk"
        raise BackupError(msg)
    return Repository(settings.backup_folder.expanduser().resolve())


def run_drill(settings: Settings, progress: Callable[[str], object]) -> Drill:
    """Restore the newest backup beside, compare every table, write down what came out.

    Then once more to the end of the log, which holds what came after the backup.

    Raises:
        BackupError: there is no backup; a backup that cannot be restored is a result.
    """
    started_at, begun = datetime.now(UTC), time.monotonic()
    repository = backups_of(settings)
    opener = load_backup_keys(settings.keys_folder).opener()
    source = find_source(repository.folder, opener, BACKUPS_OWN)
    point = (started_at - newest_moment(repository, source.manifest)).total_seconds()
    tables, problems = _tried(settings, source, opener, BACKUPS_OWN, progress)
    if not problems and source.manifest.kind is not Kind.LOGICAL:
        # What a lost machine asks for: a log that cannot be replayed is lost work.
        progress("restoring once more, to the end of the log")
        _, problems = _tried(settings, source, opener, LATEST, progress)
    seconds = time.monotonic() - begun
    drill = Drill(source.manifest, tables, problems, point, seconds)
    _write_down(settings, drill, started_at)
    return drill


def last_drill(connection: psycopg.Connection) -> dict | None:
    """Return what the last drill showed."""
    found = connection.execute(LAST)
    names = [column.name for column in found.description or ()]
    row = found.fetchone()
    return dict(zip(names, row, strict=True)) if row else None


def _tried(
    settings: Settings,
    source: Source,
    opener: Opener,
    target: Target,
    progress: Callable[[str], object],
) -> tuple[int, list[str]]:
    """Restore beside; return how many tables were compared, and the problems."""
    with _scratch(settings) as scratch:
        try:
            restored = restore(scratch, source, opener, target, progress)
            return restored.tables, [
                *restored.problems,
                *_problems_of_audit(scratch),
            ]
        except Exception as problem:  # noqa: BLE001 - that it fails is what it shows
            own = type(problem).__module__.startswith("pipelines.")
            return 0, [str(problem) if own else type(problem).__name__]


@contextmanager
def _scratch(settings: Settings) -> Iterator[Settings]:
    """Yield the settings of a home beside, of which nothing is left afterwards."""
    values = settings.model_dump()
    values |= {
        "home": settings.root / FOLDER,
        "database_url": None,
        "backup_folder": None,
    }
    scratch = Settings(**values, _env_file=None)
    take_away(scratch)
    try:
        yield scratch
    finally:
        take_away(scratch)


def _problems_of_audit(scratch: Settings) -> list[str]:
    with connect(scratch, Role.COMPLIANCE) as connection:
        found = verify(scratch, connection)
    return [f"audit event {each.event_id}: {each.problem}" for each in found]


def _write_down(settings: Settings, drill: Drill, started_at: datetime) -> None:
    with connect(settings, Role.OWNER) as connection:
        connection.execute(
            RECORD,
            (
                drill.manifest.backup_id,
                drill.manifest.holds_until,
                started_at,
                drill.tables,
                len(drill.manifest.unread_tables),
                len(drill.problems),
                drill.problems[0] if drill.problems else None,
                drill.recovery_point_seconds,
                drill.recovery_time_seconds,
            ),
        )
