"""A prescription, a wish and a signed list go only where they may, whoever asks.

Which steps are possible is written down here once more, by hand.
"""

import random
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from decimal import Decimal
from threading import Barrier
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql

from pipelines.access.people import Person, PersonRole, create_person
from pipelines.database.connections import connect
from pipelines.database.databases import RECORD
from pipelines.database.roles import Role
from pipelines.record.actions.answering_requests import Approval, approve, deny
from pipelines.record.actions.asking import ask_for_refill
from pipelines.record.actions.correcting import correct, enter_in_error
from pipelines.record.actions.entry import Change, Entry
from pipelines.record.actions.failures import ActionError
from pipelines.record.actions.in_record import admitted
from pipelines.record.actions.prescribing import change_dose, prescribe, stop
from pipelines.record.actions.saving import CHANGED, NOT_POSSIBLE, save
from pipelines.record.actions.withdrawing import withdraw_request
from pipelines.record.steps import NO_STEP
from pipelines.settings import Settings
from tests.actions.conftest import (
    DOCTOR,
    METFORMIN,
    MINE,
    NURSE,
    OTHER_DOCTOR,
    PASSWORD,
    PATIENT,
    TWICE,
    newest,
    request,
    written,
)
from tests.actions.desk import BILLING, REGISTRAR
from tests.clock import ago

PRESCRIPTIONS, REQUESTS = "prescriptions", "medication_requests"
LISTS = "medication_reconciliations"
BEGINS = None
RUNNING = {"active", "on-hold", "on_hold", "intended"}
ENDED = {"stopped", "replaced", "cancelled", "completed"}
UNKNOWN = {"ended", ""}
STATUSES = {
    PRESCRIPTIONS: RUNNING | ENDED | UNKNOWN,
    REQUESTS: {"requested", "approved", "denied", "withdrawn", "done"} | UNKNOWN,
    LISTS: {"signed", "withdrawn"} | UNKNOWN,
}
POSSIBLE = {
    PRESCRIPTIONS: {
        (BEGINS, "active"),
        ("intended", "active"),
        ("intended", "cancelled"),
        *((each, each) for each in RUNNING | ENDED),
        *(("active", each) for each in ("on-hold", "stopped", "replaced", "cancelled")),
        *(
            (held, each)
            for held in ("on-hold", "on_hold")
            for each in ("active", "stopped", "replaced", "cancelled")
        ),
    },
    REQUESTS: {
        (BEGINS, "requested"),
        *(("requested", each) for each in ("approved", "denied", "withdrawn", "done")),
        ("approved", "done"),
    },
    LISTS: {
        (BEGINS, "signed"),
        ("signed", "signed"),
        ("signed", "withdrawn"),
        ("withdrawn", "signed"),
    },
}
OF_ROLES = {
    ("doctor", PRESCRIPTIONS): POSSIBLE[PRESCRIPTIONS],
    ("doctor", REQUESTS): POSSIBLE[REQUESTS],
    ("doctor", LISTS): POSSIBLE[LISTS],
    ("patient", REQUESTS): {(BEGINS, "requested"), ("requested", "withdrawn")},
}
KNOWN = {each.role: each for each in (DOCTOR, NURSE, PATIENT, REGISTRAR, BILLING)}
WALKS, LONGEST_WALK = 1000, 4
# A prescription and the one in its place must not both run.
BOTH_RUNNING = """
    with current as (
        select * from medicines.prescriptions as each
        where
            not is_entered_in_error
            and not exists (
                select from medicines.prescriptions as later
                where later.supersedes = each.version_id
            )
    )
    select new.record_id
    from current as new
    inner join current as old on new.replaces_prescription_id = old.record_id
    where new.status_code = 'active' and old.status_code = 'active'
"""
ONCE = replace(TWICE, frequency_text="once daily", doses_per_day=Decimal(1))


@pytest.fixture(scope="module")
def people(shared_ward: Settings) -> dict[str, Person]:
    """Return a person of every role."""
    others = {
        role.value: Person(f"a.{role.value}", role.value, role.value)
        for role in PersonRole
        if role.value not in KNOWN
    }
    with connect(shared_ward, Role.OWNER) as owner:
        for person in others.values():
            create_person(owner, person, PASSWORD)
    return KNOWN | others


def version(
    feed: str, status: str, author: Person, before: dict[str, object] | None = None
) -> dict[str, object]:
    """Return a version as it is written into the record."""
    kind = {"request_type_code": "refill"} if feed == REQUESTS else {}
    return {
        "version_id": uuid4(),
        "record_id": before["record_id"] if before else str(uuid4()),
        "supersedes": before["version_id"] if before else None,
        "changed_by_user_id": author.user_id,
        "changed_by_name": author.display_name,
        "patient_key": MINE,
        "status_code": status,
        **kind,
    }


def write(
    record: psycopg.Connection, feed: str, row: dict[str, object]
) -> dict[str, object]:
    record.execute(
        sql.SQL("insert into medicines.{} ({}) values ({})").format(
            sql.Identifier(feed),
            sql.SQL(", ").join(map(sql.Identifier, row)),
            sql.SQL(", ").join(map(sql.Placeholder, row)),
        ),
        row,
    )
    return row


def possible_steps(
    ward: Settings, person: Person, feed: str
) -> Iterator[tuple[str | None, str]]:
    """Yield the steps that the record lets a person take, of all that there are."""
    with connect(ward, Role.OWNER, RECORD) as owner:
        before = {
            status: write(owner, feed, version(feed, status, person))
            for status in sorted(STATUSES[feed])
        }
    for status, seen in [(BEGINS, None), *before.items()]:
        for following in sorted(STATUSES[feed]):
            step = version(feed, following, person, seen)
            with (
                suppress(psycopg.DatabaseError),
                admitted(ward, person, [MINE]) as record,
                record.transaction(force_rollback=True),
            ):
                write(record, feed, step)
                yield status, following


@pytest.mark.parametrize("feed", [PRESCRIPTIONS, REQUESTS, LISTS])
@pytest.mark.parametrize("role", [role.value for role in PersonRole])
def test_a_role_takes_the_steps_that_are_its_own_and_no_other(
    ward: Settings, people: dict[str, Person], role: str, feed: str
) -> None:
    taken = set(possible_steps(ward, people[role], feed))
    assert taken == OF_ROLES.get((role, feed), set())


def test_what_was_entered_in_error_has_no_life_after_it(
    ward: Settings, prescription: Entry
) -> None:
    enter_in_error(ward, DOCTOR, prescription, reason="another patient")
    seen = newest(ward, PRESCRIPTIONS)
    values = {"status_code": "active"}
    again = Change("change prescription", MINE, values, seen, "put back")
    with pytest.raises(ActionError) as refused:
        save(ward, DOCTOR, [again])
    assert str(refused.value) == NOT_POSSIBLE


def test_the_words_of_a_refused_step_hold_no_status(ward: Settings) -> None:
    with connect(ward, Role.OWNER, RECORD) as owner:
        seen = write(owner, PRESCRIPTIONS, version(PRESCRIPTIONS, "stopped", DOCTOR))
    with (
        pytest.raises(psycopg.DatabaseError) as refused,
        admitted(ward, DOCTOR, [MINE]) as record,
    ):
        write(record, PRESCRIPTIONS, version(PRESCRIPTIONS, "active", DOCTOR, seen))
    assert refused.value.sqlstate == NO_STEP
    assert "stopped" not in str(refused.value)


def test_of_two_doctors_who_sign_at_once_one_is_told_to_look_again(
    ward: Settings, prescription: Entry
) -> None:
    refill = request(ward, prescription)
    both = Barrier(2)

    def sign(doctor: Person) -> str:
        both.wait()
        try:
            approve(
                ward, doctor, refill, prescription=prescription, approval=Approval(1)
            )
        except ActionError as refused:
            return str(refused)
        return "signed"

    with ThreadPoolExecutor(2) as at_once:
        told = sorted(at_once.map(sign, (DOCTOR, OTHER_DOCTOR)))
    assert told == [CHANGED, "signed"]
    now = newest(ward, PRESCRIPTIONS)
    assert now.values["refills_allowed"] == TWICE.refills_allowed + 1


def test_every_random_walk_ends_where_an_order_may_be(ward: Settings) -> None:
    chance = random.Random(7)  # noqa: S311 - a walk, no secret
    ended: Counter[str] = Counter()
    with connect(ward, Role.OWNER, RECORD) as owner:
        for _ in range(WALKS):
            walk(ward, chance)
            ended.update(where_all_is(owner))
            emptied(owner)
    assert set(ended) >= {"active", "stopped", "replaced"}
    assert set(ended) >= {"requested", "approved", "denied", "withdrawn"}
    assert set(ended) <= STATUSES[PRESCRIPTIONS] | STATUSES[REQUESTS]


def walk(ward: Settings, chance: random.Random) -> None:
    """Let people do this and that with a prescription, also with what is outdated."""
    prescribe(
        ward, DOCTOR, MINE, medicine=METFORMIN, dosage=TWICE, started_at=ago(hours=1)
    )
    seen: list[Entry] = []
    for _ in range(chance.randint(1, LONGEST_WALK)):
        seen += written(ward, PRESCRIPTIONS)
        with suppress(ActionError):
            take_step(
                ward,
                chance,
                chance.choice([DOCTOR, OTHER_DOCTOR, NURSE]),
                chance.choice(seen),
                written(ward, REQUESTS),
            )


def take_step(
    ward: Settings,
    chance: random.Random,
    person: Person,
    entry: Entry,
    wishes: list[Entry],
) -> None:
    """Do one of the things that can be done, or try to."""
    steps: list[Callable[[], object]] = [
        lambda: stop(ward, person, entry, why="no_longer_needed", reason="better"),
        lambda: change_dose(
            ward, person, entry, dosage=chance.choice([ONCE, TWICE]), reason="as agreed"
        ),
        lambda: ask_for_refill(ward, PATIENT, entry),
        lambda: correct(
            ward,
            person,
            entry,
            values={"days_supply": chance.randrange(20, 40)},
            reason="miscounted",
        ),
        lambda: enter_in_error(ward, person, entry, reason="another patient"),
    ]
    if wishes:
        wish = chance.choice(wishes)
        steps += [
            lambda: approve(
                ward, person, wish, prescription=entry, approval=Approval(1)
            ),
            lambda: deny(ward, person, wish, answer="please come and see me"),
            lambda: withdraw_request(ward, PATIENT, wish),
        ]
    chance.choice(steps)()


def where_all_is(owner: psycopg.Connection) -> list[str]:
    """Return where every entry is, once all the steps that led there are possible."""
    ends = []
    for feed in (PRESCRIPTIONS, REQUESTS):
        rows = owner.execute(
            sql.SQL(
                "select supersedes, version_id, status_code, is_entered_in_error "
                "from medicines.{} order by changed_at"
            ).format(sql.Identifier(feed))
        ).fetchall()
        versions = {version_id: rest for _, version_id, *rest in rows}
        for before, _, status, is_in_error in rows:
            was, was_in_error = versions[before] if before else (BEGINS, False)
            assert not was_in_error
            assert is_in_error or (was, status) in POSSIBLE[feed]
        followed = {before for before, *_ in rows}
        ends += [
            status for _, version_id, status, _ in rows if version_id not in followed
        ]
    both_running = owner.execute(BOTH_RUNNING).fetchall()
    assert both_running == []
    return ends


def emptied(owner: psycopg.Connection) -> None:
    """Leave nothing in the tables of the walk."""
    for feed in (PRESCRIPTIONS, REQUESTS):
        table = sql.SQL("medicines.{}").format(sql.Identifier(feed))
        for statement in (
            "alter table {} disable trigger only_grows",
            "truncate {}",
            "alter table {} enable trigger only_grows",
        ):
            owner.execute(sql.SQL(statement).format(table))
    owner.commit()
