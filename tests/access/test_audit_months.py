"""Months of the trail: kept six years, then exported and taken away whole."""

import gzip
import json
from collections.abc import Iterator

import psycopg
import pytest

from pipelines.access.audit import Event, append, verify
from pipelines.access.audit_months import close_old_months
from pipelines.access.audit_verification import month_file
from pipelines.database.connections import connect
from pipelines.database.roles import Role
from pipelines.settings import Settings
from tests.access.trail_history import month_ago, write_history
from tests.conftest import running_installation

# 72 months ago is a month of which some days are not six years ago yet.
MONTHS = [74, 73, 72, 71, 1]
EVENTS = 6
COUNT = "select count(*) from audit.event"
UNLOCK = "alter table {} disable trigger only_grows"


@pytest.fixture(scope="module")
def old_house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """Yield an installation whose trail goes back for more than six years."""
    for settings in running_installation(tmp_path_factory.mktemp("old")):
        with connect(settings, Role.OWNER) as owner:
            write_history(settings, owner, MONTHS, EVENTS)
        append(settings, Event("doctor", "doctor", "read", "chart"))
        yield settings


@pytest.fixture
def owner(old_house: Settings) -> Iterator[psycopg.Connection]:
    """Yield the owner; what a test changes is rolled back."""
    with connect(old_house, Role.OWNER) as connection:
        yield connection
        connection.rollback()


def name_of(months: int) -> str:
    """Return the name of the month so long ago."""
    return f"{month_ago(months):%Y-%m}"


def test_events_lie_in_the_partition_of_their_month(owner: psycopg.Connection) -> None:
    placed = owner.execute(
        "select tableoid::regclass::text, count(*) from audit.event group by 1"
    ).fetchall()

    expected = {f"audit.event_{month_ago(each):%Y_%m}": EVENTS for each in MONTHS} | {
        f"audit.event_{month_ago(0):%Y_%m}": 1
    }
    assert dict(placed) == expected


@pytest.mark.parametrize(
    "statement",
    ["delete from {}", "update {} set role = ''", "truncate {}"],
)
def test_no_partition_is_changed_by_mistake(
    owner: psycopg.Connection, statement: str
) -> None:
    with pytest.raises(psycopg.errors.RaiseException, match="only grows"):
        owner.execute(statement.format(f"audit.event_{month_ago(1):%Y_%m}"))


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.COMPLIANCE, Role.DOCTOR])
@pytest.mark.parametrize(
    "statement",
    [
        "select 1 from {}",
        "insert into {} select * from audit.event",
        "delete from {}",
        "drop table {}",
        "alter table audit.event detach partition {}",
    ],
)
def test_nobody_reaches_a_partition_around_the_trail(
    old_house: Settings, role: Role, statement: str
) -> None:
    with connect(old_house, role) as connection:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(statement.format(f"audit.event_{month_ago(1):%Y_%m}"))
        connection.rollback()


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.COMPLIANCE, Role.DOCTOR])
def test_only_the_owner_closes_a_month(old_house: Settings, role: Role) -> None:
    with connect(old_house, role) as connection:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("select audit.close_month('2020-01-01', '', 'x')")
        connection.rollback()


@pytest.mark.parametrize(
    ("months", "problem"),
    [(72, "younger than 6 years"), (71, "younger"), (1, "younger"),
     (73, "earlier month"), (80, "has no events")],
)  # fmt: skip
def test_a_month_is_closed_in_its_turn_and_once_it_is_old_enough(
    owner: psycopg.Connection, months: int, problem: str
) -> None:
    with pytest.raises(psycopg.errors.RaiseException, match=problem):
        owner.execute(
            "select audit.close_month(%s, sha256(''), 'operator:x')",
            (month_ago(months).date().replace(day=1),),
        )


def test_of_a_broken_trail_nothing_is_taken_away(owner: psycopg.Connection) -> None:
    owner.execute(UNLOCK.format("audit.event"))
    owner.execute("update audit.event set user_id = 'x' where event_id = 20")

    with pytest.raises(psycopg.errors.RaiseException, match="trail is broken"):
        owner.execute(
            "select audit.close_month(%s, sha256(''), 'operator:x')",
            (month_ago(74).date().replace(day=1),),
        )


@pytest.fixture(scope="module")
def closed(old_house: Settings) -> list[str]:
    """Close the months that are old enough, once for the tests below."""
    with connect(old_house, Role.OWNER) as connection:
        assert verify(old_house, connection) == []
    return close_old_months(old_house, "operator:test")


def test_old_months_are_exported_whole_and_the_rest_verifies(
    old_house: Settings, owner: psycopg.Connection, closed: list[str]
) -> None:
    assert closed == [name_of(74), name_of(73)]
    with gzip.open(month_file(old_house, name_of(74)), "rt") as lines:
        events = [json.loads(line) for line in lines]
    assert [event["event_id"] for event in events] == list(range(1, EVENTS + 1))
    assert month_file(old_house, name_of(74)).stat().st_mode & 0o077 == 0
    assert verify(old_house, owner) == []
    # Three months and two events that tell of what was taken away, and one.
    assert owner.execute(COUNT).fetchone() == (3 * EVENTS + 1 + 2,)
    assert close_old_months(old_house, "operator:test") == []


TAMPERED_SEALS = {
    "a digest changed": "update audit.closed_month set export_sha256 = sha256('x')",
    "a hash changed": "update audit.closed_month set closing_hash = sha256('x')",
    "a time changed": "update audit.closed_month "
    "set closed_at = closed_at + interval '1 second'",
    "one forgotten": "delete from audit.closed_month where month = "
    "(select max(month) from audit.closed_month)",
    "the first forgotten": "delete from audit.closed_month where month = "
    "(select min(month) from audit.closed_month)",
    "all forgotten": "delete from audit.closed_month",
    "a number changed": "update audit.closed_month "
    "set last_event_id = last_event_id - 1",
    "sealed anew": "update audit.closed_month set export_sha256 = sha256('x'); "
    "update audit.closed_month as closed set seal = audit.seal_of(closed)",
    "a month more": """
        insert into audit.closed_month
        select (month + interval '1 month')::date, last_event_id + 1,
            last_event_id + 6, closing_hash,
            (select hash from audit.event where event_id = last_event_id + 6),
            export_sha256, closed_at, seal, sha256('')
        from audit.closed_month order by month desc limit 1;
        update audit.closed_month as closed set seal = audit.seal_of(closed)
        where seal = sha256('');
        drop table audit.event_{month}
    """,
}


@pytest.mark.parametrize("tampering", TAMPERED_SEALS)
def test_what_somebody_does_to_the_seals_is_found(
    old_house: Settings, owner: psycopg.Connection, closed: list[str], tampering: str
) -> None:
    assert closed
    owner.execute(UNLOCK.format("audit.closed_month"))
    change = TAMPERED_SEALS[tampering].replace("{month}", f"{month_ago(72):%Y_%m}")
    owner.execute(change)

    assert verify(old_house, owner) != []


def test_a_changed_export_is_found(
    old_house: Settings, owner: psycopg.Connection, closed: list[str]
) -> None:
    path = month_file(old_house, closed[0])
    kept = path.read_bytes()

    path.write_bytes(kept[:-1] + bytes([kept[-1] ^ 1]))
    found = [each.problem for each in verify(old_house, owner)]
    path.write_bytes(kept)

    assert found == [f"the file {path.name} was changed"]


def test_an_export_that_was_moved_away_is_no_break(
    old_house: Settings, owner: psycopg.Connection, closed: list[str]
) -> None:
    path = month_file(old_house, closed[0])
    moved = path.rename(path.with_suffix(".moved"))

    assert verify(old_house, owner) == []
    moved.rename(path)


def test_a_clock_that_goes_back_tears_no_month_apart(
    owner: psycopg.Connection,
) -> None:
    owner.execute("update audit.head set month = month + interval '1 month'")
    owner.execute(
        "select audit.append('x', 'doctor', 'read', 'a', '{}', 0, null, 'ok')"
    )
    last = owner.execute(
        "select month, audit.month_of(happened_at) from audit.event "
        "order by event_id desc limit 1"
    ).fetchone()

    assert last[0] > last[1]
    assert owner.execute("select count(*) from audit.find_breaks()").fetchone() == (0,)
