"""Tickets: the record lets in whom the warehouse said, and only for that person."""

import hashlib
import hmac
import secrets
import time
from collections.abc import Iterator

import pytest

from pipelines.access.assignments import assign_patient
from pipelines.access.people import Person
from pipelines.database.connections import connect
from pipelines.database.databases import RECORD
from pipelines.database.roles import Role
from pipelines.record.actions.entry import Change
from pipelines.record.actions.reading_entries import entries
from pipelines.record.actions.saving import save
from pipelines.record.tickets import INNER, ensure_ticket_key
from pipelines.settings import Settings
from tests.record.conftest import DOCTOR, OTHER_DOCTOR
from tests.record.test_entries import DIABETES

ADMITTED = "select access.admitted_patients()"


def ticket_of(
    settings: Settings, role: Role, user_id: str, patient_keys: list[int]
) -> str | None:
    """Return what the warehouse signs for a person."""
    with connect(settings, role) as warehouse:
        warehouse.execute("select set_config('ehr.user_id', %s, true)", (user_id,))
        found = warehouse.execute("select access.admit(%s::bigint[])", (patient_keys,))
        return found.fetchone()[0]


def admitted(settings: Settings, role: Role, user_id: str, ticket: str) -> list[int]:
    """Return whom the record lets a login see that shows a ticket."""
    with connect(settings, role, RECORD) as record:
        record.execute("select set_config('ehr.user_id', %s, true)", (user_id,))
        record.execute("select set_config('ehr.ticket', %s, true)", (ticket,))
        return record.execute(ADMITTED).fetchone()[0]


def signed(settings: Settings, words: str) -> str:
    """Sign words as the warehouse does, by Python's own HMAC."""
    with connect(settings, Role.OWNER) as owner:
        (pad,) = owner.execute("select inner_pad from access.ticket_key").fetchone()
    key = bytes(byte ^ INNER for byte in pad)
    return f"{words}|{hmac.new(key, words.encode(), hashlib.sha256).hexdigest()}"


def words(
    *, user: str = "nurse", login: str = "ehr_nurse", seconds: float = 60,
    keys: str = "1", unreserved: str = "1",
) -> str:  # fmt: skip
    return f"{user}|{login}|{int(time.time() + seconds)}|{keys}|{unreserved}"


def test_a_nurse_is_admitted_to_her_own_patients_of_those_she_asks_for(
    ward: Settings,
) -> None:
    ticket = ticket_of(ward, Role.NURSE, "nurse", [1, 2])

    assert admitted(ward, Role.NURSE, "nurse", ticket) == [1]


@pytest.mark.parametrize(
    ("role", "user_id"),
    [(Role.NURSE, ""), (Role.NURSE, "doctor"), (Role.NURSE, "nobody")],
)
def test_the_warehouse_signs_for_active_people_of_the_role_only(
    ward: Settings, role: Role, user_id: str
) -> None:
    assert ticket_of(ward, role, user_id, [1]) is None


def test_a_ticket_of_the_right_form_and_key_is_good(ward: Settings) -> None:
    ticket = signed(ward, words(keys="1,7"))

    assert admitted(ward, Role.NURSE, "nurse", ticket) == [1, 7]


@pytest.mark.parametrize(
    "said",
    [
        words(user="doctor"),
        words(login="ehr_doctor"),
        words(seconds=-1),
        words(user=""),
    ],
    ids=["other person", "other login", "too late", "nobody"],
)
def test_a_ticket_of_another_person_login_or_time_admits_to_nobody(
    ward: Settings, said: str
) -> None:
    assert admitted(ward, Role.NURSE, "nurse", signed(ward, said)) == []


def test_a_ticket_that_nobody_signed_admits_to_nobody(ward: Settings) -> None:
    good = signed(ward, words())
    said, _, signature = good.rpartition("|")
    forged = [
        "",
        said,
        f"{said}|{'0' * 64}",
        f"{said}|{secrets.token_hex(32)}",
        f"{said.replace('|1|', '|1,2|')}|{signature}",
        f"{said},2|{signature}",
    ]

    for ticket in forged:
        assert admitted(ward, Role.NURSE, "nurse", ticket) == []


def test_an_empty_user_id_shows_nobody_even_with_a_good_ticket(ward: Settings) -> None:
    assert admitted(ward, Role.NURSE, "", signed(ward, words())) == []


@pytest.mark.parametrize("database", ["record", "warehouse"])
def test_no_login_of_a_person_reads_the_key(ward: Settings, database: str) -> None:
    for role in (Role.DOCTOR, Role.NURSE, Role.PATIENT, Role.REGISTRAR):
        with connect(ward, role, database) as connection:
            allowed = connection.execute(
                "select has_table_privilege('access.ticket_key', 'select')"
            ).fetchone()
        assert allowed == (False,)


def test_both_databases_get_one_key_again_where_they_differ(ward: Settings) -> None:
    with (
        connect(ward, Role.OWNER) as warehouse,
        connect(ward, Role.OWNER, RECORD) as record,
    ):
        record.execute("delete from access.ticket_key")
        ensure_ticket_key(warehouse, record)

    ticket = ticket_of(ward, Role.NURSE, "nurse", [1])
    assert admitted(ward, Role.NURSE, "nurse", ticket) == [1]


def authors(settings: Settings, person: Person) -> list[str]:
    """Return who wrote the newest versions that a person reads of patient 3."""
    return [
        each.changed_by_user_id for each in entries(settings, person, "conditions", [3])
    ]


@pytest.fixture
def without_label_rules(ward: Settings) -> Iterator[None]:
    """Let the site withhold nothing, for as long as the test runs."""
    with connect(ward, Role.OWNER) as owner:
        rules = owner.execute("delete from access.label_rule returning *").fetchall()
    assert ("doctor", "substance_use") in rules
    yield
    with connect(ward, Role.OWNER) as owner, owner.cursor() as cursor:
        cursor.executemany("insert into access.label_rule values (%s, %s)", rules)


def test_of_a_stranger_a_doctor_reads_in_the_record_only_what_is_the_own(
    ward: Settings,
) -> None:
    """The record knows no labels: what it cannot judge, it does not show."""
    save(ward, DOCTOR, [Change("record diagnosis", 3, DIABETES)])
    save(ward, OTHER_DOCTOR, [Change("record diagnosis", 3, DIABETES)])

    assert authors(ward, DOCTOR) == ["doctor"]
    assert authors(ward, OTHER_DOCTOR) == ["other.doctor"]
    with connect(ward, Role.OWNER) as owner:
        assign_patient(owner, "doctor", 3, "treats")
    assert authors(ward, DOCTOR) == ["doctor", "other.doctor"]
    with connect(ward, Role.OWNER) as owner:
        owner.execute("delete from access.assignment where patient_key = 3")


@pytest.mark.usefixtures("without_label_rules")
def test_where_the_site_withholds_nothing_the_record_shows_all(ward: Settings) -> None:
    save(ward, DOCTOR, [Change("record diagnosis", 3, DIABETES)])
    save(ward, OTHER_DOCTOR, [Change("record diagnosis", 3, DIABETES)])

    assert authors(ward, DOCTOR) == ["doctor", "other.doctor"]


def test_an_old_version_never_passes_for_the_newest(ward: Settings) -> None:
    save(ward, DOCTOR, [Change("record diagnosis", 3, DIABETES)])
    (seen,) = entries(ward, DOCTOR, "conditions", [3])
    with connect(ward, Role.OWNER) as owner:
        assign_patient(owner, "other.doctor", 3, "treats")
    over = {"clinical_status_code": "resolved"}
    save(ward, OTHER_DOCTOR, [Change("correct diagnosis", 3, over, seen, "over")])

    assert authors(ward, DOCTOR) == []
    with connect(ward, Role.OWNER) as owner:
        owner.execute("delete from access.assignment where patient_key = 3")


def test_who_may_see_one_id_of_a_person_is_admitted_to_every_id(ward: Settings) -> None:
    with connect(ward, Role.OWNER) as owner:
        owner.execute("insert into raw.merged_patients values (2, 1)")
    try:
        ticket = ticket_of(ward, Role.NURSE, "nurse", [1])
        assert sorted(admitted(ward, Role.NURSE, "nurse", ticket)) == [1, 2]
    finally:
        with connect(ward, Role.OWNER) as owner:
            owner.execute("delete from raw.merged_patients")
