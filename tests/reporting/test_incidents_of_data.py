"""Incidents of a page: asked by index, and the same answer as the long way gives."""

import random
from collections.abc import Iterator

import psycopg
import pytest

from pipelines.database.connections import connect
from pipelines.database.roles import Role
from pipelines.settings import Settings
from tests.reporting.conftest import DOCTOR

SUBJECTS, SOURCES = ["feed_a", "feed_b", "feed_c"], ["one", "two"]
SHORT = "select * from quality.incidents_of_data(%s, %s)"
LONG = """
    select incident.subject, incident.source_system, count(*)
    from quality.judged_incident as incident
    where incident.subject = any(%s)
        and incident.source_system = any(%s)
        and incident.state_code not in ('resolved', 'waived')
    group by incident.subject, incident.source_system
"""
MEASURE = """
    insert into quality.incident_measure (
        source_system, check_id, measured_in, run_number, measured_at, subject,
        life_code, applicable_count, broken_count
    )
    values (%s, %s, %s, %s, now(), %s, %s, 1000, %s)
"""
HELD = """
    insert into quarantine.row (
        address, source_system, table_name, feed, rules, reason, original_text,
        delivery_id, file_id, line_number, status
    )
    select gen_random_uuid(), %s, 't', %s, %s, 'r', 'x', %s, 1, 1, %s
    from generate_series(1, %s)
"""
DECISION = """
    insert into quality.incident_decision (
        source_system, check_id, action_code, waived_until, words, applicable_count,
        broken_count, decided_by
    )
    values (%s, %s, %s, current_date + %s::int, 'because', 1000, %s, 'officer')
"""
READ = """
    select seq_tup_read, idx_tup_fetch
    from pg_stat_xact_user_tables
    where schemaname = 'quarantine' and relname = 'row'
"""


@pytest.fixture
def doctor(installation: Settings) -> Iterator[psycopg.Connection]:
    """Yield a connection of a doctor's."""
    with connect(installation, Role.DOCTOR, autocommit=True) as connection:
        connection.execute(
            "select set_config('ehr.user_id', %s, false)", (DOCTOR.user_id,)
        )
        yield connection


def fill_by_chance(owner: psycopg.Connection, seed: int) -> None:
    """Enter lives, refused rows and waivers by chance."""
    chance = random.Random(seed)  # noqa: S311 - results of checks, no secrets
    rules = [f"{subject}:rule:{number}" for subject in SUBJECTS for number in range(6)]
    for source in SOURCES:
        for rule in rules:
            measured_in = chance.choice(("load", "load", "build", "series"))
            for run in range(1, chance.randint(1, 5)):
                life = chance.choice(("new", "worse", "persisting", "resolved"))
                broken = chance.choice((10, 12, 300))
                subject = rule.split(":")[0]
                owner.execute(
                    MEASURE, (source, rule, measured_in, run, subject, life, broken)
                )
            for _ in range(chance.randint(0, 2)):
                action = chance.choice(("waive", "waive", "end_waiver"))
                days = chance.choice((-1, 0, 5)) if action == "waive" else None
                broken = chance.choice((10, 300))
                owner.execute(DECISION, (source, rule, action, days, broken))
        for _ in range(15):
            some = ", ".join(chance.sample(rules, chance.randint(1, 3)))
            status = chance.choice(("waiting", "released", "discarded"))
            run = chance.randint(1, 4)
            owner.execute(HELD, (source, some.split(":")[0], some, run, status, 2))


@pytest.mark.parametrize("seed", range(12))
def test_the_answer_is_that_of_all_incidents_judged(
    owner: psycopg.Connection, doctor: psycopg.Connection, seed: int
) -> None:
    fill_by_chance(owner, seed)
    for asked in ((SUBJECTS, SOURCES), (SUBJECTS[:1], SOURCES), (SUBJECTS, ["two"])):
        expected = owner.execute(LONG, asked).fetchall()

        assert sorted(doctor.execute(SHORT, asked)) == sorted(expected)


def test_chance_reaches_every_way_to_be_open_or_not(owner: psycopg.Connection) -> None:
    fill_by_chance(owner, 0)
    states = owner.execute(
        "select distinct life_code, state_code, measured_in = 'load', "
        "waiting_count > 0 from quality.judged_incident"
    ).fetchall()

    assert {state for _, state, *_ in states} >= {"resolved", "waived", "better"}


def test_however_many_rows_wait_few_are_read(
    installation: Settings, owner: psycopg.Connection
) -> None:
    rule = "feed_a:rule:1"
    owner.execute(HELD, ("one", "feed_a", rule, 1, "waiting", 20_000))
    owner.execute(HELD, ("one", "feed_a", f"{rule}, other", 2, "released", 20_000))
    owner.execute("analyze quarantine.row")
    owner.execute(MEASURE, ("one", rule, "load", 2, "feed_a", "resolved", 0))
    with connect(installation, Role.DOCTOR) as doctor:
        doctor.execute("select set_config('ehr.user_id', %s, true)", (DOCTOR.user_id,))
        told = doctor.execute(SHORT, (["feed_a"], ["one"])).fetchall()
        scanned, fetched = doctor.execute(READ).fetchone()

    assert told == [("feed_a", "one", 1)]
    assert scanned == 0
    assert fetched < 100
