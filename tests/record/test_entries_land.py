"""Entries on their way to the warehouse: each version once, however late it commits."""

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import psycopg
import pytest

from pipelines.database.connections import connect
from pipelines.database.databases import RECORD
from pipelines.database.roles import Role
from pipelines.record.actions.entry import Change
from pipelines.record.actions.reading_entries import entries
from pipelines.record.actions.saving import save
from pipelines.settings import Settings
from pipelines.write_back import is_news_waiting, land_record
from tests.record.conftest import DOCTOR, empty_record

SCHEDULES = 50
WRITERS, WRITES = 4, 3
GIVE_UP, LAND, CORRECT = 0.2, 0.4, 0.5  # how often each happens at a step
NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)
DIABETES = {"condition_code": "E11.9", "started_at": NOW, "recorded_at": NOW}
INSERT = {
    "history.conditions": "condition_code",
    "history.procedures": "procedure_code",
    "history.allergies": "substance_code",
}
TIMES = {
    "history.conditions": "recorded_at",
    "history.procedures": "started_at",
    "history.allergies": "started_at",
}
# The code names the version: what has landed is told by the codes.
WRITE = """
    insert into {table} (
        version_id, record_id, supersedes, patient_key, {code}, {time},
        changed_by_user_id, changed_by_name, changed_at
    )
    values (%s, %s, %s, 1, %s, now() - interval '1 day', 'owner', 'Owner',
        clock_timestamp())
"""
LANDED = "select {code} from raw.{feed} order by 1"
LATER_THAN = "select {code}, changed_at from {table} where changed_at > %s"
Version = tuple[str, str, str]  # table, record id, version id


def landed(settings: Settings) -> list[str]:
    """Return the codes of every version that landed, repeats included."""
    with connect(settings, Role.OWNER) as owner:
        return sorted(
            code
            for table, column in INSERT.items()
            for (code,) in owner.execute(
                LANDED.format(code=column, feed=table.partition(".")[2])
            )
        )


def emptied(settings: Settings) -> None:
    with connect(settings, Role.OWNER) as owner:
        for table in INSERT:
            owner.execute(f"truncate raw.{table.partition('.')[2]}")


@contextmanager
def writers(settings: Settings) -> Iterator[list[psycopg.Connection]]:
    opened = [connect(settings, Role.OWNER, RECORD) for _ in range(WRITERS)]
    try:
        yield opened
    finally:
        for each in opened:
            each.close()


def write(
    connection: psycopg.Connection, code: str, table: str, before: Version | None
) -> Version:
    """Write a first version, or one that takes the place of another."""
    version_id = str(uuid4())
    record_id = before[1] if before else str(uuid4())
    statement = WRITE.format(table=table, code=INSERT[table], time=TIMES[table])
    values = (version_id, record_id, before[2] if before else None, code)
    connection.execute(statement, values)
    return table, record_id, version_id


def run_schedule(settings: Settings, seed: int, land: Callable[[], object]) -> set[str]:
    """Write, correct, commit, take back and land in a random order.

    Every writer's first version is older than versions that others commit before it.

    Returns:
        The codes of the versions that were committed.
    """
    chance = random.Random(seed)  # noqa: S311 - a schedule, no secret
    turns = [number for number in range(WRITERS) for _ in range(WRITES + 1)]
    chance.shuffle(turns)
    written: dict[int, list[tuple[str, Version]]] = {n: [] for n in range(WRITERS)}
    committed: set[str] = set()
    with writers(settings) as people:
        for turn, number in enumerate(turns):
            mine = written[number]
            if len(mine) < WRITES:
                is_correction = mine and chance.random() < CORRECT
                before = mine[-1][1] if is_correction else None
                table = before[0] if before else chance.choice(sorted(INSERT))
                code = f"C{seed}-{turn}"
                mine.append((code, write(people[number], code, table, before)))
            elif chance.random() < GIVE_UP:
                people[number].rollback()
            else:
                people[number].commit()
                committed |= {code for code, _ in mine}
            if chance.random() < LAND:
                land()
    land()
    return committed


@pytest.mark.parametrize("seed", range(SCHEDULES))
def test_a_version_lands_once_however_late_its_transaction_commits(
    ward: Settings, seed: int
) -> None:
    emptied(ward)

    committed = run_schedule(ward, seed, lambda: land_record(ward))

    assert landed(ward) == sorted(committed)
    assert not is_news_waiting(ward)


def test_a_watermark_of_time_would_skip_versions(ward: Settings) -> None:
    """The planted fault: the schedules above must be able to find one."""
    missed = 0
    for seed in range(SCHEDULES // 5):
        empty_record(ward)
        taken: dict[str, datetime] = {}

        def land_later_ones(taken: dict[str, datetime] = taken) -> None:
            latest = max(taken.values(), default=datetime.min.replace(tzinfo=UTC))
            with connect(ward, Role.EXTRACTOR, RECORD) as record:
                for table, code in INSERT.items():
                    query = LATER_THAN.format(code=code, table=table)
                    taken.update(record.execute(query, (latest,)).fetchall())

        missed += len(run_schedule(ward, seed, land_later_ones) - taken.keys())

    assert missed > 0


def test_corrections_and_errors_arrive_as_versions_of_one_fact(ward: Settings) -> None:
    emptied(ward)
    save(ward, DOCTOR, [Change("record diagnosis", 1, DIABETES)])
    land_record(ward)
    (seen,) = entries(ward, DOCTOR, "conditions", [1])
    started_at = {"started_at": NOW - timedelta(days=9)}
    save(ward, DOCTOR, [Change("correct diagnosis", 1, started_at, seen, "asked")])
    land_record(ward)
    (seen,) = entries(ward, DOCTOR, "conditions", [1])
    wrong = Change(
        "correct diagnosis", 1, {}, seen, "wrong patient", is_entered_in_error=True
    )
    save(ward, DOCTOR, [wrong])
    land_record(ward)

    with connect(ward, Role.OWNER) as owner:
        versions = owner.execute(
            "select record_id, started_at, is_closed from raw.conditions "
            "order by version_at"
        ).fetchall()
    assert versions == [
        (seen.record_id, NOW, False),
        (seen.record_id, NOW - timedelta(days=9), False),
        (seen.record_id, NOW - timedelta(days=9), True),
    ]


def test_an_entry_is_pending_until_the_marts_were_built_with_it(
    ward: Settings,
) -> None:
    save(ward, DOCTOR, [Change("record diagnosis", 1, DIABETES)])
    assert entries(ward, DOCTOR, "conditions", [1])[0].is_pending

    land_record(ward)
    assert entries(ward, DOCTOR, "conditions", [1])[0].is_pending
    with connect(ward, Role.OWNER) as owner:
        owner.execute(
            "insert into raw.build (started_at, is_full, last_touch_id, "
            "project_digest, status, record_snapshot) "
            "select now(), true, 0, '', 'succeeded', snapshot "
            "from raw.extract_position"
        )
    assert not entries(ward, DOCTOR, "conditions", [1])[0].is_pending
    assert entries(ward, DOCTOR, "conditions", [1], only_pending=True) == []
    with connect(ward, Role.OWNER) as owner:
        owner.execute("delete from raw.build")
