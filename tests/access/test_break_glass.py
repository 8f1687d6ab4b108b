"""A restricted record: found by its exact name, opened for an hour, with a reason."""

from collections.abc import Iterator

import pytest

from pipelines.access.acting import RuleError
from pipelines.access.break_glass import (
    OpenGlass,
    break_glass,
    close_glass,
    is_closed,
    open_glasses,
)
from pipelines.access.closed_search import find_closed
from pipelines.access.confirming import Proof
from pipelines.access.people import Person, create_person
from pipelines.access.reading import Reader
from pipelines.access.sign_in import SignInError
from pipelines.database.connections import connect
from pipelines.database.roles import Role
from pipelines.settings import Settings
from tests.dashboards.conftest import PASSWORD

DOCTOR = Person("doctor", "Dr. One", "doctor", "hospital", "D1")
OTHER = Person("other.doctor", "Dr. Two", "doctor", "hospital", "D2")
NURSE = Person("nurse", "Nurse One", "nurse", "hospital", "N1")
RESTRICTED, OPEN = 1, 3
WHY = {"reason_code": "emergency", "reason_text": "brought in unconscious"}
RESTRICT = """
    insert into access.restriction (patient_key, label_code, set_by, reason)
    values (1, 'vip', 'x', 'x')
"""
UNDO = """
    delete from access.restriction;
    delete from access.break_glass;
    delete from access.sign_in_throttle
"""
EVENTS = """
    select result, patient_keys, purpose from audit.event
    where action = %s order by event_id
"""


@pytest.fixture(scope="module")
def two_doctors(ward: Settings) -> Settings:
    with connect(ward, Role.OWNER) as owner:
        create_person(owner, OTHER, PASSWORD)
    return ward


@pytest.fixture
def closed(two_doctors: Settings) -> Iterator[Settings]:
    """Yield a ward of which one patient is restricted."""
    with connect(two_doctors, Role.OWNER) as owner:
        owner.execute(RESTRICT)
    yield two_doctors
    with connect(two_doctors, Role.OWNER) as owner:
        owner.execute(UNDO)


def sees(settings: Settings, person: Person, patient: int) -> bool:
    with connect(settings, person.role.login) as connection:
        connection.execute(
            "select set_config('ehr.user_id', %s, true)", (person.user_id,)
        )
        seen = connection.execute(
            "select access.may_see(array[%s::bigint])", (patient,)
        )
        return seen.fetchone()[0] == [patient]


def events(settings: Settings, action: str) -> list[tuple]:
    with connect(settings, Role.COMPLIANCE) as connection:
        return connection.execute(EVENTS, (action,)).fetchall()


def opened(settings: Settings, person: Person = DOCTOR) -> OpenGlass:
    break_glass(settings, person, RESTRICTED, proof=Proof(PASSWORD), **WHY)
    return open_glasses(settings, person)[0]


def test_the_glass_opens_one_record_to_one_doctor_for_an_hour(closed: Settings) -> None:
    assert not sees(closed, DOCTOR, RESTRICTED)
    assert is_closed(closed, DOCTOR, RESTRICTED)

    glass = opened(closed)

    assert (glass.ends_at - glass.opened_at).total_seconds() == 3600
    assert glass.minutes_left(glass.opened_at) == 60
    assert glass.minutes_left(glass.ends_at) == 0
    assert sees(closed, DOCTOR, RESTRICTED)
    assert not sees(closed, OTHER, RESTRICTED)


def test_it_is_announced_before_it_opens(closed: Settings) -> None:
    before = len(events(closed, "break glass"))

    opened(closed)

    assert events(closed, "break glass")[before:] == [
        ("intended", [RESTRICTED], "emergency"),
        ("ok", [RESTRICTED], "emergency"),
    ]


def test_closing_it_ends_it_at_once(closed: Settings) -> None:
    close_glass(closed, DOCTOR, opened(closed))

    assert not sees(closed, DOCTOR, RESTRICTED)
    assert open_glasses(closed, DOCTOR) == []


def test_nobody_closes_the_glass_of_another(closed: Settings) -> None:
    close_glass(closed, OTHER, opened(closed))

    assert sees(closed, DOCTOR, RESTRICTED)


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"proof": Proof("wrong")}, SignInError),
        ({"proof": Proof("", "of nobody")}, SignInError),
        ({"reason_code": ""}, RuleError),
        ({"reason_text": "  short   "}, RuleError),
    ],
)
def test_without_a_reason_or_the_password_it_stays_closed(
    closed: Settings, change: dict[str, object], error: type[Exception]
) -> None:
    with pytest.raises(error):
        break_glass(
            closed, DOCTOR, RESTRICTED, **{"proof": Proof(PASSWORD), **WHY, **change}
        )

    assert not sees(closed, DOCTOR, RESTRICTED)


def test_after_five_wrong_passwords_the_right_one_does_not_open(
    closed: Settings,
) -> None:
    for _ in range(5):
        with pytest.raises(SignInError):
            break_glass(closed, DOCTOR, RESTRICTED, proof=Proof("x"), **WHY)

    with pytest.raises(SignInError):
        opened(closed)


@pytest.mark.parametrize(
    ("person", "patient", "words"),
    [
        (DOCTOR, OPEN, "open to you already"),
        (DOCTOR, 999, "no such patient"),
        (NURSE, RESTRICTED, "nothing was changed"),
    ],
)
def test_there_is_no_glass_where_none_is_needed_or_allowed(
    closed: Settings, person: Person, patient: int, words: str
) -> None:
    before = len(events(closed, "break glass"))

    with pytest.raises(RuleError, match=words):
        break_glass(closed, person, patient, proof=Proof(PASSWORD), **WHY)

    results = [result for result, *_ in events(closed, "break glass")[before:]]
    assert results in (["intended", "error"], ["intended", "denied"])


@pytest.mark.parametrize(
    "text", ["000451-7", "Ada Meyer 1956-08-03", "meyer, ada 3.8.1956"]
)
def test_who_names_the_patient_exactly_learns_that_there_is_a_record(
    closed: Settings, text: str
) -> None:
    assert [each.patient_key for each in find_closed(closed, DOCTOR, text)] == [
        RESTRICTED
    ]


@pytest.mark.parametrize(
    "text",
    [
        "Meyer",
        "Ada Meyer",
        "Ada Mey 1956-08-03",
        "Meyer 1956-08-03",
        "1956-08-03",
        "Ada Meyer 1956-08-04",
        "Eda Maier 1956-08-03",
        "000451",
        "Ada Meyer Smith 1956-08-03",
        "000452-5",
    ],
)
def test_nobody_browses_restricted_records(closed: Settings, text: str) -> None:
    assert find_closed(closed, DOCTOR, text) == []


def test_the_usual_search_does_not_find_a_restricted_patient(closed: Settings) -> None:
    statement = "select patient_key from marts.dim_patients where patient_key = any(%(patient_keys)s)"  # noqa: E501

    found = Reader(closed, DOCTOR).search_patients("000451-7", statement)

    assert found.frames["found"].empty
    assert found.identities == {}
