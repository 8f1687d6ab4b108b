"""Judging the marts after a build: a scan per relation, counts by check and source."""

from collections.abc import Iterator
from dataclasses import dataclass

import psycopg

from expectations.marts.catalogue import mart_checks
from expectations.marts.mart_check import MartCheck
from expectations.results import State
from pipelines.checking.definitions import enter_definitions
from pipelines.checking.rhythm import enter_rhythms
from pipelines.checking.scan import scan_of
from pipelines.database.connections import connect
from pipelines.database.roles import Role
from pipelines.settings import Settings

ENTER = """
    insert into quality.mart_check_result (
        build_id, check_id, source_system, state, rows_count, applicable_count,
        broken_count
    )
    values (%s, %s, %s, %s, %s, %s, %s)
"""


@dataclass(frozen=True)
class Found:
    """What one check found among the rows of one source."""

    check: MartCheck
    source_system: str
    rows_count: int
    applicable_count: int
    broken_count: int

    @property
    def is_applicable(self) -> bool:
        """Return whether there were rows enough to judge."""
        return self.applicable_count >= self.check.limit.least_rows

    @property
    def state(self) -> State:
        """Return whether the check passed, failed, or had nothing to judge."""
        if not self.is_applicable:
            return State.NOT_APPLICABLE
        allowed = self.check.limit.share * self.applicable_count
        return State.FAILED if self.broken_count > allowed else State.PASSED


def check_marts(settings: Settings, build_id: int) -> list[Found]:
    """Judge every relation that has checks, keep the counts, and return them.

    Whether deliveries are late is judged with them.
    """
    with connect(settings, Role.BUILDER) as connection:
        enter_definitions(connection)
        enter_rhythms(connection)
        found = [
            each
            for relation, checks in mart_checks().items()
            for each in judge(connection, relation, checks)
        ]
        with connection.cursor() as cursor:
            cursor.executemany(ENTER, [_row(build_id, each) for each in found])
    return found


def judge(
    connection: psycopg.Connection, relation: str, checks: tuple[MartCheck, ...]
) -> Iterator[Found]:
    """Scan one relation and yield what each check found, source by source."""
    rows = connection.execute(scan_of(relation, checks)).fetchall()
    for source, rows_count, *counts in rows or [_nothing(checks)]:
        pairs = zip(counts[0::2], counts[1::2], strict=True)
        for check, (applicable, broken) in zip(checks, pairs, strict=True):
            yield Found(check, source, rows_count, applicable, broken)


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
    )
