"""Counts what became of every byte, record, row and fact, and keeps what came out.

Nothing is changed: every question is asked in a transaction that sees one moment. Only
while marts are looked at no build runs. It reads the books, every feed's versions once,
and the archive's bytes up to a limit.
"""

import psycopg

from pipelines.access.key_check import keyring_of
from pipelines.building import build_lock
from pipelines.conserving.booked_files import MOST_BYTES, BookedFiles
from pipelines.conserving.books import look_into_books
from pipelines.conserving.facts import look_at_facts
from pipelines.conserving.keeping import keep, note_uncounted
from pipelines.conserving.steps import STEPS, Counted, StepState
from pipelines.database.connections import connect
from pipelines.database.roles import Role
from pipelines.landing.archive import Archive
from pipelines.settings import Settings

WAREHOUSE = "warehouse"
MOST_NAMES = 10


def conserve(settings: Settings, *, most_bytes: int = MOST_BYTES) -> list[Counted]:
    """Count every step from the archive to the marts; keep it, and return it.

    ``most_bytes`` of the archive are read; of other files the books are believed, and
    that is told.

    Raises:
        KeyringError: the keyring is not this installation's.
    """
    with connect(settings, Role.LOADER) as loader:
        as_of_one_moment(loader)
        archive = Archive(settings.archive_folder, keyring_of(settings, loader))
        files = BookedFiles(archive, most_bytes=most_bytes)
        found = files.look(loader)
        found += look_into_books(loader)
    # A mart that is made anew meanwhile would be empty as of this moment.
    with build_lock(settings), connect(settings, Role.BUILDER) as builder:
        as_of_one_moment(builder)
        found += look_at_facts(builder)
    found.sort(key=_place)
    with connect(settings, Role.BUILDER) as builder:
        run_id = keep(builder, WAREHOUSE, found)
        note_uncounted(builder, run_id, files.uncounted)
    return found


def as_of_one_moment(connection: psycopg.Connection) -> None:
    """Let every statement of the connection's transaction see the same rows."""
    connection.execute("set transaction isolation level repeatable read, read only")


def told(found: list[Counted]) -> str:
    """Return in words whether everything is accounted for, and what is not."""
    broken = [each for each in found if each.state is StepState.BROKEN]
    kept = sum(each.state is StepState.KEPT for each in found)
    if not broken:
        return f"{kept} steps keep everything"
    names = "; ".join(each.told for each in broken[:MOST_NAMES])
    return f"{len(broken)} steps lose or add something: {names}"


def _place(found: Counted) -> tuple[str, str, int]:
    return found.source_system, found.subject, STEPS.index(found.step)
