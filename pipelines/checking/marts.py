"""Judging the marts after a build: a scan per relation, counts by check and source.

What is found becomes the life of incidents in the same transaction.
"""

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from decimal import Decimal

import psycopg

from expectations.marts.catalogue import mart_checks
from expectations.marts.mart_check import MartCheck
from expectations.results import State
from pipelines.checking.broken_rows import Place, broken_rows_of
from pipelines.checking.definitions import enter_definitions
from pipelines.checking.rhythm import enter_rhythms
from pipelines.checking.scan import scan_of
from pipelines.checking.scan_order import longest_first
from pipelines.checking.scorecard import keep_scorecard
from pipelines.checking.thresholds import in_force
from pipelines.database.connections import connect
from pipelines.database.roles import Role
from pipelines.limits.judging import judge_limits
from pipelines.settings import Settings

ENTER = """
    insert into quality.mart_check_result (
        build_id, check_id, source_system, state, rows_count, applicable_count,
        broken_count, patients_count
    )
    values (%s, %s, %s, %s, %s, %s, %s, %s)
"""
ENTER_BUILD = "insert into quality.checked_build (build_id, run_id) values (%s, %s)"
# The places of builds before lead to rows that may have been replaced since.
FORGET_PLACES = "delete from quality.mart_check_row"
ENTER_PLACE = """
    insert into quality.mart_check_row (
        build_id, check_id, source_system, position, delivery_id, file_id, line_number
    )
    values (%s, %s, %s, %s, %s, %s, %s)
"""
# What was decided while the marts were judged counts, too. Who decides waits from here
# to the end: only from here on are rows written that a decision writes as well.
APPLY = """
    select quality.apply_thresholds(array_agg(check_id))
    from quality.threshold_in_force
"""
KEEP_MEASURES = "select quality.keep_incident_measures('build', %s)"
FORGET = "select quality.forget_old_results(%s)"
KEPT_BUILDS = 30
AT_ONCE = 2  # scans, as dbt builds two models at once
# Of a scan: a million results, sorted to find what is told again, need 140 MB, and on
# disk a tenth of all scans' time.
MEMORY = "set work_mem = '256MB'"


@dataclass(frozen=True)
class Found:
    """What one check found among the rows of one source."""

    check: MartCheck
    source_system: str
    rows_count: int
    applicable_count: int
    broken_count: int
    patients_count: int | None = None
    places: tuple[Place, ...] = ()

    @property
    def is_applicable(self) -> bool:
        """Return whether there were rows enough to judge."""
        return self.applicable_count >= self.check.limit.least_rows

    @property
    def is_failed(self) -> bool:
        """Return whether more rows broke the check than its limit allows."""
        return self.state is State.FAILED

    @property
    def key(self) -> tuple[str, str]:
        """Return the check's id and the source."""
        return self.check.check_id, self.source_system

    @property
    def state(self) -> State:
        """Return whether the check passed, failed, or had nothing to judge."""
        if not self.is_applicable:
            return State.NOT_APPLICABLE
        # In decimals, as SQL judges: 0.57 of 100 rows are 57.
        allowed = Decimal(str(self.check.limit.share)) * self.applicable_count
        return State.FAILED if self.broken_count > allowed else State.PASSED


def check_marts(
    settings: Settings, build_id: int, run_id: str | None = None
) -> list[Found]:
    """Judge every relation that has checks, keep the counts, and return them.

    Whether deliveries are late is judged with them. ``run_id`` is that of the Dagster
    run that built, if one did.
    """
    with connect(settings, Role.BUILDER) as connection:
        enter_definitions(connection)
        checks = in_force(connection, mart_checks())
    found = _judge_all(settings, checks)
    # Nothing is written before: loads of the day write into the same scorecard.
    with connect(settings, Role.BUILDER) as connection:
        enter_rhythms(connection, settings.time_zone)
        connection.execute(ENTER_BUILD, (build_id, run_id))
        with connection.cursor() as cursor:
            cursor.executemany(ENTER, [_row(build_id, each) for each in found])
        connection.execute(APPLY)
        _enter_places(connection, build_id, found)
        judge_limits(connection, build_id, settings.time_zone)
        connection.execute(KEEP_MEASURES, (build_id,))
        keep_scorecard(connection, "build", build_id, settings.time_zone)
        connection.execute(FORGET, (KEPT_BUILDS,))
    return found


def _judge_all(
    settings: Settings, relations: Mapping[str, tuple[MartCheck, ...]]
) -> list[Found]:
    """Return what all checks found, in the order of the relations.

    Several relations are scanned at once, those first that take longest.
    """
    with connect(settings, Role.BUILDER) as connection:
        waiting = deque(longest_first(connection, relations))
    found: dict[str, list[Found]] = {}

    def scan_waiting() -> None:
        with connect(settings, Role.BUILDER, autocommit=True) as connection:
            connection.execute(MEMORY)
            while waiting:
                try:
                    relation = waiting.popleft()
                except IndexError:  # the other has taken the last one
                    return
                with connection.transaction():
                    counted = list(judge(connection, relation, relations[relation]))
                    found[relation] = with_broken_rows(connection, relation, counted)

    with ThreadPoolExecutor(AT_ONCE) as scans:
        for each in [scans.submit(scan_waiting) for _ in range(AT_ONCE)]:
            each.result()
    return [each for relation in relations for each in found[relation]]


def judge(
    connection: psycopg.Connection, relation: str, checks: tuple[MartCheck, ...]
) -> Iterator[Found]:
    """Scan one relation and yield what each check found, source by source."""
    rows = connection.execute(scan_of(relation, checks)).fetchall()
    for source, rows_count, *counts in rows or [_nothing(checks)]:
        pairs = zip(counts[0::2], counts[1::2], strict=True)
        for check, (applicable, broken) in zip(checks, pairs, strict=True):
            yield Found(check, source, rows_count, applicable, broken)


def with_broken_rows(
    connection: psycopg.Connection, relation: str, found: Sequence[Found]
) -> list[Found]:
    """Return what was found in a relation; failures with patients and some places."""
    failed = [(each.check, each.source_system) for each in found if each.is_failed]
    broken = broken_rows_of(connection, relation, failed)
    return [
        replace(
            each,
            patients_count=broken[each.key].patients_count,
            places=broken[each.key].places,
        )
        if each.key in broken
        else each
        for each in found
    ]


def _enter_places(
    connection: psycopg.Connection, build_id: int, found: Sequence[Found]
) -> None:
    """Keep where some rows of each failed check were delivered."""
    connection.execute(FORGET_PLACES)
    rows = [
        (build_id, *each.key, position, *place)
        for each in found
        for position, place in enumerate(each.places, start=1)
    ]
    with connection.cursor() as cursor:
        cursor.executemany(ENTER_PLACE, rows)


def _nothing(checks: tuple[MartCheck, ...]) -> tuple:
    """Return the counts of an empty relation, which names no source."""
    return ("", 0, *(0 for _ in checks for _ in range(2)))


def _row(build_id: int, found: Found) -> tuple[object, ...]:
    return (
        build_id,
        found.check.check_id,
        found.source_system,
        found.state.value,
        found.rows_count,
        found.applicable_count,
        found.broken_count,
        found.patients_count,
    )
