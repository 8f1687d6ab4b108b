"""Keeps what was counted, and what it makes of incidents; forgets old nights."""

from collections.abc import Sequence

import psycopg

from pipelines.checking.definitions import enter_definitions
from pipelines.conserving.steps import Counted

KEPT_RUNS = 30
BEGIN = """
    insert into quality.conservation_run (looked_at) values (%s) returning run_id
"""
ENTER = """
    insert into quality.conservation (
        run_id, source_system, subject, step_code, state, before_count, after_count,
        missing_count, extra_count
    )
    values (%s, %s, %s, %s, %s, %s, %s, %s, %s)
"""
ENTER_PART = """
    insert into quality.conservation_part (
        run_id, source_system, subject, step_code, part_code, part_count
    )
    values (%s, %s, %s, %s, %s, %s)
"""
FORGET_UNCOUNTED = "delete from quality.uncounted_file"
# Of two nights that end at once each may have noted the same file.
NOTE_UNCOUNTED = """
    insert into quality.uncounted_file (file_id, run_id) values (%s, %s)
    on conflict (file_id) do nothing
"""
KEEP_MEASURES = "select quality.keep_incident_measures('conservation', %s)"
# What ever broke is kept for the life of its incident.
FORGET = """
    delete from quality.conservation as old
    using quality.conservation_run as run
    where old.run_id = run.run_id
        and run.run_id < (
            select min(recent.run_id)
            from (
                select kept.run_id
                from quality.conservation_run as kept
                where kept.looked_at = %(looked_at)s
                order by kept.run_id desc
                limit %(kept)s
            ) as recent
        )
        and run.looked_at = %(looked_at)s
        and not exists (
            select 1
            from quality.conservation as broken
            where broken.source_system = old.source_system
                and broken.step_code = old.step_code
                and broken.state = 'broken'
        )
"""


def keep(builder: psycopg.Connection, looked_at: str, found: Sequence[Counted]) -> int:
    """Enter what was counted in the running transaction; return the run's number.

    ``looked_at``: "warehouse" for the steps from archive to marts, "record" for the
    comparison with the operational record.
    """
    enter_definitions(builder)
    (run_id,) = builder.execute(BEGIN, (looked_at,)).fetchone() or (0,)
    with builder.cursor() as cursor:
        cursor.executemany(ENTER, [(run_id, *_step(each)) for each in found])
        parts = [(run_id, *part) for each in found for part in _parts(each)]
        cursor.executemany(ENTER_PART, parts)
    builder.execute(KEEP_MEASURES, (run_id,))
    builder.execute(FORGET, {"looked_at": looked_at, "kept": KEPT_RUNS})
    return run_id


def note_uncounted(
    builder: psycopg.Connection, run_id: int, file_ids: Sequence[int]
) -> None:
    """Enter the files that the next night reads again, in the place of all others."""
    builder.execute(FORGET_UNCOUNTED)
    with builder.cursor() as cursor:
        cursor.executemany(NOTE_UNCOUNTED, [(each, run_id) for each in file_ids])


def _step(found: Counted) -> tuple[object, ...]:
    return (
        *_place(found),
        found.state.value,
        found.before,
        found.after,
        found.missing,
        found.extra,
    )


def _parts(found: Counted) -> list[tuple[object, ...]]:
    return [(*_place(found), code, count) for code, count in found.parts.items()]


def _place(found: Counted) -> tuple[str, str, str]:
    return found.source_system, found.subject, found.step.code
