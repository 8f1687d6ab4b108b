# ruff: noqa: S608 - statements of this campaign's own making
"""Three hundred tamperings by who may do everything in the database: all are found.

Trail of years with closed months, disclosures and a spool that waits. Each tampering is
made and taken back; what verifying says of it must not be nothing.
"""

import json
import random
from collections import Counter
from collections.abc import Callable, Iterator
from typing import NamedTuple

import psycopg
import pytest

from pipelines.access import audit
from pipelines.access.audit import Event, append, verify
from pipelines.access.audit_months import close_old_months
from pipelines.access.disclosures import Disclosure, disclose
from pipelines.access.people import Person
from pipelines.access.spool import Spool
from pipelines.database.connections import connect
from pipelines.database.roles import Role
from pipelines.settings import Settings
from tests.access.trail_history import write_history
from tests.conftest import running_installation

TAMPERINGS = 300
MONTHS = [75, 74, 70, 40, 2]
EVENTS = 12
UNLOCK = "alter table {} disable trigger only_grows"
TABLES = ("audit.event", "audit.closed_month", "audit.disclosure")
EDITS = {
    "month": "month + interval '1 month'",
    "happened_at": "happened_at - interval '1 microsecond'",
    "recorded_at": "recorded_at + interval '1 microsecond'",
    "user_id": "user_id || 'x'",
    "role": "'nurse.'",
    "action": "'search.'",
    "subject": "subject || ' '",
    "patient_keys": "patient_keys || 9::bigint",
    "row_count": "row_count + 1",
    "purpose": "coalesce(purpose, '') || ' '",
    "result": "case result when 'ok' then 'denied' else 'ok' end",
    "intent_id": "coalesce(intent_id, 0) + 1",
    "entry_id": "gen_random_uuid()",
    "is_spooled": "not is_spooled",
    "client_address": "coalesce(client_address, '') || '1'",
    "hash_format": "3 - hash_format",
    "previous_hash": "sha256(previous_hash)",
    "hash": "sha256(hash)",
}
SEALED = (
    "month = month - interval '1 year'", "first_event_id = first_event_id - 1",
    "last_event_id = last_event_id + 1", "opening_hash = sha256(opening_hash)",
    "closing_hash = sha256(closing_hash)", "export_sha256 = sha256(export_sha256)",
    "closed_at = closed_at + interval '1 second'",
    "previous_seal = sha256(previous_seal)", "seal = sha256(seal)",
)  # fmt: skip
DISCLOSED = (
    "disclosed_at = disclosed_at + interval '1 second'", "user_id = 'x'",
    "recipient_name = 'x'", "recipient_address = 'x'", "purpose_code = 'other'",
    "purpose_text = 'x'", "what = 'x'", "patient_keys = '{9}'",
)  # fmt: skip
# What a knowing hand does: every later event gets the hash that now belongs to it.
CHAIN_ANEW = """
    do $$
    declare
        old audit.event;
        last record;
        number bigint;
    begin
        select closed.last_event_id as event_id, closed.closing_hash as hash into last
        from audit.closed_month as closed order by closed.month desc limit 1;
        number := last.event_id;
        for old in select event.* from audit.event as event order by event.event_id
        loop
            number := number + 1;
            update audit.event as event
            set event_id = number, previous_hash = last.hash
            where event.event_id = old.event_id and event.month = old.month;
            update audit.event as event set hash = audit.hash_of(event)
            where event.event_id = number and event.month = old.month
            returning event.hash into last;
        end loop;
        update audit.head set event_id = number, hash = last.hash;
    end
    $$
"""
MEND_HEAD = """
    update audit.head set (event_id, hash, month) = (
        select event_id, hash, month from audit.event order by event_id desc limit 1
    )
"""
INSERT_AFTER = """
    update audit.event set event_id = -event_id where event_id > {event_id};
    update audit.event set event_id = 1 - event_id where event_id < 0;
    insert into audit.event
    select event_id + 1, month, happened_at, recorded_at, 'forged', role, action,
        subject, patient_keys, row_count, purpose, result, intent_id,
        gen_random_uuid(), is_spooled, client_address, hash_format, hash, hash
    from audit.event where event_id = {event_id}
"""
MAKE_MONTHS = """
    select audit.ensure_month((month + interval '1 month')::date)
    from (select distinct month from audit.event) as known
"""


class Tampering(NamedTuple):
    """One tampering: statements for the owner, or a change to the spool's lines."""

    kind: str
    statement: str = ""
    lines: Callable[[list[bytes]], list[bytes]] | None = None


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """Yield an installation with a long trail, closed months, and a spool."""
    for settings in running_installation(tmp_path_factory.mktemp("house")):
        with connect(settings, Role.OWNER) as owner:
            write_history(settings, owner, MONTHS, EVENTS)
        close_old_months(settings, "operator:test")
        officer = Person("officer", "Officer", "compliance")
        for number in range(3):
            disclosure = Disclosure(
                "results", (number + 1,), "Court", "", "law", "order"
            )
            disclose(settings, officer, disclosure)
        intent = append(settings, event("announced", result="intended"))
        append(settings, event("announced", intent_id=intent))
        fill_spool(settings)
        yield settings


def event(subject: str, **fields: object) -> Event:
    """Return something that a doctor did."""
    return Event("doctor", "doctor", "read", subject, [1, 2], 2, **fields)


def fill_spool(settings: Settings) -> None:
    """Let eight events wait, as if the trail were away."""
    spool = Spool(settings)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(audit, "_is_away", lambda _: True)
        for number in range(8):
            append(settings, event(f"waits {number}"))
    assert spool.state().length == 8


def tamperings(event_ids: list[int], lines: int) -> list[Tampering]:
    """Return as many tamperings as the campaign has, of every kind, never twice."""
    chance = random.Random(300)  # noqa: S311 - which events, not secrets
    made: dict[object, Tampering] = {}
    makers = (edited, chained, removed, moved, forged, cut, of_books, of_spool)
    while len(made) < TAMPERINGS:
        drawn = [maker(chance, event_ids, lines) for maker in makers]
        made |= {each.statement or each.lines: each for each in drawn}
    return list(made.values())[:TAMPERINGS]


def edited(chance: random.Random, event_ids: list[int], _: int) -> Tampering:
    column = chance.choice(list(EDITS))
    where = f"where event_id = {chance.choice(event_ids)}"
    return Tampering(
        f"edit {column}", f"update audit.event set {column} = {EDITS[column]} {where}"
    )


def chained(chance: random.Random, event_ids: list[int], _: int) -> Tampering:
    found = edited(chance, event_ids, _)
    column = found.kind.removeprefix("edit ")
    if column in {"hash", "previous_hash", "month"}:  # chaining anew would undo these
        return chained(chance, event_ids, _)
    return Tampering(f"chain anew, {found.kind}", f"{found.statement}; {CHAIN_ANEW}")


def removed(chance: random.Random, event_ids: list[int], _: int) -> Tampering:
    statement = f"delete from audit.event where event_id = {chance.choice(event_ids)}"
    after = chance.choice(["", MEND_HEAD, CHAIN_ANEW])
    return Tampering("remove", f"{statement}; {after}")


def moved(chance: random.Random, event_ids: list[int], _: int) -> Tampering:
    first, second = chance.sample(event_ids, 2)
    swap = (
        f"update audit.event set event_id = -1 where event_id = {first};"
        f"update audit.event set event_id = {first} where event_id = {second};"
        f"update audit.event set event_id = {second} where event_id = -1;"
    )
    return Tampering("exchange", swap + chance.choice(["", CHAIN_ANEW]))


def forged(chance: random.Random, event_ids: list[int], _: int) -> Tampering:
    # Who may append may append: only what stands before an anchor is forged.
    statement = INSERT_AFTER.format(event_id=chance.choice(event_ids[:-1]))
    return Tampering("insert", f"{statement}; {chance.choice([MEND_HEAD, CHAIN_ANEW])}")


def cut(chance: random.Random, event_ids: list[int], _: int) -> Tampering:
    first_cut = chance.choice(event_ids[len(event_ids) // 2 :])
    statement = f"delete from audit.event where event_id >= {first_cut}"
    return Tampering("cut the end", f"{statement}; {MEND_HEAD}")


def of_books(chance: random.Random, *_: object) -> Tampering:
    table, changes = chance.choice(
        [("audit.closed_month", SEALED), ("audit.disclosure", DISCLOSED)]
    )
    key = "month" if table == "audit.closed_month" else "event_id"
    which = (
        f"where {key} = (select {chance.choice(['min', 'max'])}({key}) from {table})"
    )
    if chance.random() < 0.2:
        return Tampering(f"remove from {table}", f"delete from {table} {which}")
    return Tampering(
        f"edit {table}", f"update {table} set {chance.choice(changes)} {which}"
    )


def of_spool(chance: random.Random, _: object, lines: int) -> Tampering:
    at, other = chance.sample(range(1, lines), 2)

    def changed(texts: list[bytes]) -> list[bytes]:
        stored = json.loads(texts[at])
        name = chance.choice(sorted(stored["entry"]))
        stored["entry"][name] = "x" if stored["entry"][name] != "x" else "y"
        return [*texts[:at], f"{json.dumps(stored)}\n".encode(), *texts[at + 1 :]]

    def exchanged(texts: list[bytes]) -> list[bytes]:
        texts[at], texts[other] = texts[other], texts[at]
        return texts

    ways = {
        "edit": changed,
        "remove": lambda texts: [*texts[:at], *texts[at + 1 :]],
        "exchange": exchanged,
        "repeat": lambda texts: [*texts[:at], texts[other], *texts[at:]],
        "cut the end": lambda texts: texts[:at],
        "half a line": lambda texts: [*texts[:-1], texts[-1][:at]],
        "all gone": lambda _: [],
    }
    way = chance.choice(list(ways))
    return Tampering(f"spool: {way}", lines=ways[way])


def found_of(settings: Settings, tampering: Tampering) -> list[audit.Break]:
    """Return what verifying finds of a tampering, which is taken back afterwards."""
    path = Spool(settings).path
    kept = path.read_bytes()
    with connect(settings, Role.OWNER) as owner:
        for table in TABLES:
            owner.execute(UNLOCK.format(table))
        owner.execute(MAKE_MONTHS)
        if tampering.statement:
            owner.execute(tampering.statement)
        if tampering.lines:
            texts = tampering.lines(kept.splitlines(keepends=True))
            path.write_bytes(b"".join(texts))
        found = verify(settings, owner)
        owner.rollback()
    path.write_bytes(kept)
    return found


def test_three_hundred_tamperings_are_three_hundred_times_found(
    house: Settings,
) -> None:
    with connect(house, Role.OWNER) as owner:
        assert verify(house, owner) == []
        rows = owner.execute("select event_id from audit.event order by 1").fetchall()
    made = tamperings([event_id for (event_id,) in rows], lines=9)

    unseen = [each.kind for each in made if not found_of(house, each)]

    kinds = Counter(each.kind for each in made)
    assert unseen == []
    assert sum(kinds.values()) == TAMPERINGS
    assert {f"edit {column}" for column in EDITS} <= set(kinds)
    with connect(house, Role.OWNER) as owner:
        assert verify(house, owner) == [], "each was taken back"


@pytest.mark.parametrize("partition", ["dropped", "detached", "emptied"])
def test_a_month_taken_away_without_a_seal_is_found(
    house: Settings, partition: str
) -> None:
    with connect(house, Role.OWNER) as owner:
        (name,) = owner.execute(
            "select min(tableoid::regclass::text) from audit.event"
        ).fetchone()
        statement = {
            "dropped": f"drop table {name}",
            "detached": f"alter table audit.event detach partition {name}",
            "emptied": f"{UNLOCK.format(name)}; truncate {name}",
        }[partition]
        owner.execute(statement)

        assert verify(house, owner) != []
        owner.rollback()


@pytest.mark.parametrize(
    "statement",
    [
        *(f"delete from {table}" for table in TABLES),
        *(f"truncate {table}" for table in TABLES),
        *(f"alter table {table} disable trigger only_grows" for table in TABLES),
        "update audit.event set user_id = 'x'",
        "update audit.disclosure set what = 'x'",
        "update audit.closed_month set seal = ''",
        "update audit.head set event_id = 0",
        "insert into audit.disclosure select * from audit.disclosure",
        "insert into audit.event select * from audit.event",
        "select audit.enter(null::audit.event)",
        "select audit.ensure_month('2031-01-01')",
        "drop table audit.event",
        "create trigger mine before insert on audit.event for each statement "
        "execute function audit.refuse_change()",
    ],
)
def test_the_writer_may_do_none_of_this(house: Settings, statement: str) -> None:
    with connect(house, Role.AUDITOR) as connection:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(statement)
        connection.rollback()
