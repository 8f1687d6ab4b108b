"""The scorecard: counts of stored results, by source, subject, cell and day."""

from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime

import psycopg

from expectations.marts.catalogue import mart_checks
from pipelines.checking.scorecard import keep_scorecard
from pipelines.database.connections import connect
from pipelines.database.roles import Role
from pipelines.settings import Settings
from tests.record.laboratory import line

RESULT = """
    insert into quality.mart_check_result
    values (%s, %s, %s, %s, 10000000, %s, %s)
"""
SOURCE = "hospital"
CHECKS = [each for checks in mart_checks().values() for each in checks][:40]
CARD = """
    select source_system, measured_in, subject, kahn_category, passed_count,
        failed_count, not_applicable_count, applicable_count, broken_count
    from quality.scorecard
"""
DAYS = """
    select day, run_number, passed_count, failed_count
    from quality.scorecard_day
    order by day, source_system, subject, kahn_category
"""
# One by one, as they are stored; how they add up is worked out below.
OF_LOADS = """
    select delivery.source_system, 'load', judgement.feed, judgement.kahn_category,
        judgement.state, judgement.element_count, judgement.unexpected_count,
        judgement.result #>> '{result,missing_count}'
    from quality.expectation_result as judgement
    inner join raw.delivery as delivery using (delivery_id)
    where judgement.delivery_id = any(%s)
"""
OF_BUILD = """
    select found.source_system, 'build', definition.subject, definition.kahn_category,
        found.state, found.applicable_count, found.broken_count, null
    from quality.mart_check_result as found
    inner join quality.check_definition as definition using (check_id)
    where found.build_id = %s
"""
OF_SERIES = """
    select found.source_system, 'series', definition.subject, definition.kahn_category,
        found.state, found.applicable_count, found.broken_count, null
    from quality.series_check_result as found
    inner join quality.check_definition as definition using (check_id)
    where found.delivery_id = any(%s)
"""
STATES = ("passed", "failed", "not_applicable")


def build_found(
    owner: psycopg.Connection,
    build_id: int,
    states: list[str],
    *,
    at: datetime | None = None,
    zone: str = "UTC",
) -> None:
    """Enter a checked build in which the first checks have these states."""
    moment = at or datetime.now(UTC)
    owner.execute(
        "insert into quality.checked_build (build_id, checked_at) values (%s, %s)",
        (build_id, moment),
    )
    for check, state in zip(CHECKS, states, strict=False):
        of = 0 if state == "not_applicable" else 1000
        broken = 20 if state == "failed" else 0
        values = (build_id, check.check_id, SOURCE, state, of, broken)
        owner.execute(RESULT, values)
    keep_scorecard(owner, "build", build_id, zone)


def added_up(rows: list[tuple]) -> dict[tuple, tuple]:
    """Return counts by source, kind, subject and cell, from single results."""
    states: dict[tuple, Counter] = {}
    for *place, state, of, broken, missing in rows:
        counts = states.setdefault(tuple(place), Counter())
        counts[state] += 1
        counts["of"] += (of or 0) - int(missing or 0)
        counts["broken"] += broken or 0
    return {
        place: tuple(counts[name] for name in (*STATES, "of", "broken"))
        for place, counts in states.items()
    }


def test_the_card_counts_what_the_latest_loads_and_build_left(
    installation: Settings,
    owner: psycopg.Connection,
    deliver: Callable[..., int],
    source: str,
) -> None:
    deliver(line("A1", code=""), line("A2"))
    loads = [
        deliver(line("B1"), line("B2", code=""), line("B3", number="4,1")),
        deliver(line("C1"), source=f"{source}_2"),
    ]
    build_found(owner, 1, ["failed"] * 30)
    build_found(owner, 2, ["passed", "failed", "not_applicable"] * 10)
    with connect(installation, Role.QUALITY) as quality:
        told = {row[:4]: row[4:] for row in quality.execute(CARD)}

    rows = [
        *owner.execute(OF_LOADS, (loads,)),
        *owner.execute(OF_BUILD, (2,)),
        *owner.execute(OF_SERIES, (loads,)),
    ]
    assert told == added_up(rows)
    assert {place[1] for place in told} == {"load", "build", "series"}
    assert sum(counts[1] for place, counts in told.items() if place[1] == "load") > 0
    assert sum(counts[2] for counts in told.values()) > 10


def test_a_day_is_that_of_the_hospitals_clock(owner: psycopg.Connection) -> None:
    late = datetime(2026, 3, 31, 12, 30, tzinfo=UTC)  # 1:30 of April in Auckland
    build_found(owner, 1, ["passed"], at=late, zone="Pacific/Auckland")
    build_found(owner, 2, ["passed"], at=late, zone="America/New_York")

    assert [row[0] for row in owner.execute(DAYS)] == [
        date(2026, 3, 31),
        date(2026, 4, 1),
    ]


def test_the_last_build_of_a_day_stands_and_telling_again_changes_nothing(
    owner: psycopg.Connection,
) -> None:
    morning = datetime(2026, 3, 2, 6, tzinfo=UTC)
    build_found(owner, 1, ["failed"], at=morning)
    build_found(owner, 2, ["passed"], at=morning.replace(hour=20))
    build_found(owner, 3, ["failed"], at=morning.replace(day=3))
    before = owner.execute(DAYS).fetchall()
    for build_id in (2, 1, 3):
        keep_scorecard(owner, "build", build_id, "UTC")

    assert before == [(date(2026, 3, 2), 2, 1, 0), (date(2026, 3, 3), 3, 0, 1)]
    assert owner.execute(DAYS).fetchall() == before


def test_what_is_forgotten_of_results_stays_in_the_history(
    owner: psycopg.Connection,
) -> None:
    for build_id in range(1, 5):
        at = datetime(2026, 3, build_id, tzinfo=UTC)
        build_found(owner, build_id, ["passed"], at=at)
    owner.execute("select quality.forget_old_results(1)")

    (left,) = owner.execute("select count(*) from quality.mart_check_result").fetchone()
    assert left == 1
    assert len(owner.execute(DAYS).fetchall()) == 4


def test_what_the_last_build_did_not_find_is_not_on_the_card(
    owner: psycopg.Connection,
) -> None:
    build_found(owner, 1, ["passed"] * 40, at=datetime(2026, 3, 1, tzinfo=UTC))
    build_found(owner, 2, ["passed"], at=datetime(2026, 3, 2, tzinfo=UTC))

    assert [row[4] for row in owner.execute(CARD)] == [1]
