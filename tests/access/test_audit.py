"""The audit trail: whole, append-only, and every change to it is found."""

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import psycopg
import pytest

from pipelines.access import audit, pools
from pipelines.access.audit import AuditError, Event, anchor_file, append, verify
from pipelines.database.connections import connect
from pipelines.database.roles import Role
from pipelines.settings import Settings

EVENT = Event("doctor", "doctor", "read", "chart", [3, 1, 3], 12)
EVENT_CHANGE = "update audit.event set {} where event_id = {}"
EVENT_REMOVAL = "delete from audit.event where event_id = {}"
TAIL_CUT = """
    delete from audit.event where event_id = {};
    update audit.head set (event_id, hash) = (
        select event_id, hash from audit.event order by event_id desc limit 1
    )
"""
TAMPERED = """
    alter table audit.event disable trigger only_grows;
    {change};
    alter table audit.event enable trigger only_grows;
"""


def breaks_after(
    settings: Settings, owner: psycopg.Connection, change: str
) -> list[tuple[int, str]]:
    """Change the trail as its owner, who can switch the trigger off; return breaks."""
    owner.execute(TAMPERED.format(change=change))
    return verify(settings, owner)


def test_events_append_in_order_and_verify(
    hospital: Settings, owner: psycopg.Connection
) -> None:
    first, second = append(hospital, EVENT), append(hospital, EVENT)

    stored = owner.execute(
        "select patient_keys, row_count, result from audit.event where event_id = %s",
        (second,),
    ).fetchone()
    assert second == first + 1
    assert stored == ([1, 3], 12, "ok")
    assert verify(hospital, owner) == []


@pytest.mark.parametrize(
    "column_change",
    [
        "happened_at = happened_at - interval '1 microsecond'",
        "user_id = 'nurse'",
        "role = 'nurse'",
        "action = 'search'",
        "subject = 'list'",
        "patient_keys = '{1}'",
        "row_count = row_count + 1",
        "purpose = ''",
        "result = 'denied'",
        "hash = sha256('')",
        "previous_hash = sha256('x')",
    ],
)
def test_a_change_to_any_column_is_found(
    hospital: Settings, owner: psycopg.Connection, column_change: str
) -> None:
    event_id = append(hospital, EVENT)
    append(hospital, EVENT)

    change = EVENT_CHANGE.format(column_change, event_id)

    assert breaks_after(hospital, owner, change)[0].event_id == event_id


def test_a_removed_event_is_found(
    hospital: Settings, owner: psycopg.Connection
) -> None:
    event_id = append(hospital, EVENT)
    append(hospital, EVENT)

    change = EVENT_REMOVAL.format(event_id)

    assert breaks_after(hospital, owner, change) == [
        (event_id + 1, "an event before it is missing"),
        (event_id, "is not the event that was anchored outside"),
    ]


def test_a_cut_tail_with_a_mended_head_is_found_by_the_anchor(
    hospital: Settings, owner: psycopg.Connection
) -> None:
    append(hospital, EVENT)
    event_id = append(hospital, EVENT)

    change = TAIL_CUT.format(event_id)
    found = breaks_after(hospital, owner, change)

    assert found == [(event_id, "is not the event that was anchored outside")]


@pytest.mark.parametrize(
    "statement",
    [
        "update audit.event set user_id = 'x'",
        "delete from audit.event",
        "truncate audit.event",
        "insert into audit.event select * from audit.event",
        "select 1 from audit.event",
        "update audit.head set event_id = 0",
        "alter table audit.event disable trigger only_grows",
    ],
)
def test_the_writer_can_only_append(hospital: Settings, statement: str) -> None:
    with connect(hospital, Role.AUDITOR) as connection:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(statement)
        connection.rollback()


@pytest.mark.parametrize(
    "statement",
    [
        "delete from audit.event",
        "update audit.event set role = ''",
        "truncate audit.event",
    ],
)
def test_even_the_owner_does_not_change_the_trail_by_mistake(
    owner: psycopg.Connection, statement: str
) -> None:
    with pytest.raises(psycopg.errors.RaiseException, match="only grows"):
        owner.execute(statement)


def test_the_anchor_lies_outside_the_database_and_only_its_owner_reads_it(
    hospital: Settings,
) -> None:
    append(hospital, EVENT)

    folder: Path = anchor_file(hospital).parent

    assert folder.stat().st_mode & 0o077 == 0
    assert anchor_file(hospital).stat().st_mode & 0o077 == 0
    assert anchor_file(hospital).read_text().startswith('{"event_id": ')


@pytest.fixture
def anchors(hospital: Settings) -> Iterator[Path]:
    """Yield the file of anchors after one event; afterwards it is as it was."""
    append(hospital, EVENT)
    path = anchor_file(hospital)
    whole = path.read_bytes()
    yield path
    if path.is_dir():
        path.rmdir()
    path.write_bytes(whole)


def test_a_trail_whose_anchors_are_gone_does_not_pass_as_whole(
    hospital: Settings, owner: psycopg.Connection, anchors: Path
) -> None:
    anchors.unlink()

    assert [each.problem for each in verify(hospital, owner)] == [
        "the file of anchors is missing: a cut tail could not be found"
    ]


def test_a_damaged_anchor_is_a_break_and_no_crash(
    hospital: Settings, owner: psycopg.Connection, anchors: Path
) -> None:
    lines = anchors.read_text().splitlines()
    anchors.write_text("\n".join([lines[0], lines[1][:20], "7"]) + "\n")

    assert [each.problem for each in verify(hospital, owner)] == [
        "the file of anchors is damaged in line 2",
        "the file of anchors is damaged in line 3",
    ]


def test_nothing_may_be_shown_when_the_anchor_cannot_be_written(
    hospital: Settings, anchors: Path
) -> None:
    anchors.unlink()
    anchors.mkdir()

    with pytest.raises(AuditError, match="nothing is shown"):
        append(hospital, EVENT)


def test_a_locked_trail_is_left_for_the_spool_and_does_not_hang_the_read(
    hospital: Settings, owner: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pools, "AUDIT_SECONDS", 1)
    with pools.pool_of.__wrapped__(hospital, Role.AUDITOR) as impatient:
        monkeypatch.setattr(audit, "pool_of", lambda *_: impatient)
        owner.execute("select 1 from audit.head for update")
        begun = time.monotonic()

        entry_id = append(hospital, EVENT)

        assert time.monotonic() - begun < 5
        assert isinstance(entry_id, UUID)
        owner.rollback()
        monkeypatch.setattr(audit, "SECONDS_AWAY", 0)
        assert audit.replay(hospital) == 1


def test_what_is_no_care_waits_for_the_trail(
    hospital: Settings, owner: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pools, "AUDIT_SECONDS", 1)
    with pools.pool_of.__wrapped__(hospital, Role.AUDITOR) as impatient:
        monkeypatch.setattr(audit, "pool_of", lambda *_: impatient)
        owner.execute("select 1 from audit.head for update")

        with pytest.raises(AuditError, match="nothing is shown"):
            append(hospital, replace(EVENT, role="quality"))

    assert audit.waiting(hospital).length == 0
