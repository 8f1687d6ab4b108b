"""A nurse takes over patients of her ward; support explains and mends access."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from pipelines.access.acting import RuleError
from pipelines.access.explaining import (
    assignments,
    end,
    explain,
    find_by_number,
    grant,
)
from pipelines.access.people import Person, create_person
from pipelines.access.take_over import take_over, take_overs_of_ward, ward_patients
from pipelines.database.connections import connect
from pipelines.database.roles import Role
from pipelines.settings import Settings
from tests.dashboards.conftest import PASSWORD

NURSE = Person("nurse", "Nurse One", "nurse", "hospital", "N1")
CHARGE = Person("charge.nurse", "Charge Nurse", "nurse", "hospital", "N7")
DOCTOR = Person("doctor", "Dr. One", "doctor", "hospital", "D1")
SUPPORT = Person("support", "Support", "support")
MINE, LYING, ELSEWHERE = 1, 2, 3
WARD = """
    insert into access.ward_stay values
        ('hospital', 'Ward 1', 2, now() - interval '1 day', null),
        ('hospital', 'Ward 1', 1, now() - interval '1 day', null),
        ('hospital', 'Ward 2', 3, now() - interval '1 day', null);
    insert into access.ward_member (user_id, source_system, ward_name, is_in_charge)
    values ('nurse', 'hospital', 'Ward 1', false),
        ('charge.nurse', 'hospital', 'Ward 1', true);
"""
UNDO = """
    delete from access.take_over;
    delete from access.assignment where patient_key <> 1;
"""


@pytest.fixture(scope="package")
def staffed(ward: Settings) -> Settings:
    with connect(ward, Role.OWNER) as owner:
        for person in (CHARGE, SUPPORT):
            create_person(owner, person, PASSWORD)
        owner.execute(WARD)
    return ward


@pytest.fixture
def hospital_ward(staffed: Settings) -> Iterator[Settings]:
    """Yield a ward with two patients, one of whom is another nurse's."""
    yield staffed
    with connect(staffed, Role.OWNER) as owner:
        owner.execute(UNDO)


def seen_by(settings: Settings, person: Person) -> set[int]:
    with connect(settings, person.role.login) as connection:
        connection.execute(
            "select set_config('ehr.user_id', %s, true)", (person.user_id,)
        )
        return set(
            connection.execute("select access.may_see(array[1, 2, 3])").fetchone()[0]
        )


def test_a_patient_of_the_ward_is_hers_for_twelve_hours(
    hospital_ward: Settings,
) -> None:
    lying, names = ward_patients(hospital_ward, NURSE)
    assert {each.patient_key: each.is_mine for each in lying} == {
        MINE: True,
        LYING: False,
    }
    assert names[LYING].full_name == "Anders, Bruno"
    assert seen_by(hospital_ward, NURSE) == {MINE}

    ends_at = take_over(hospital_ward, NURSE, LYING, "covers a colleague")

    assert seen_by(hospital_ward, NURSE) == {MINE, LYING}
    hours = (ends_at - datetime.now(UTC)).total_seconds() / 3600
    assert 11.9 < hours <= 12


def test_the_charge_nurse_sees_who_took_over_whom_and_why(
    hospital_ward: Settings,
) -> None:
    take_over(hospital_ward, NURSE, LYING, "covers a colleague")

    (taken,) = take_overs_of_ward(hospital_ward, CHARGE)

    assert (taken.nurse_name, taken.patient_key) == ("Nurse One", LYING)
    assert (taken.reason, taken.is_open) == ("covers a colleague", True)
    assert take_overs_of_ward(hospital_ward, NURSE) == []


@pytest.mark.parametrize(
    ("person", "patient", "reason", "words"),
    [
        (NURSE, ELSEWHERE, "why", "not lie on a ward of yours"),
        (NURSE, MINE, "why", "yours already"),
        (NURSE, LYING, "  ", "write why"),
        (DOCTOR, LYING, "why", "nothing was changed"),
    ],
)
def test_others_and_without_a_reason_nobody_is_taken_over(
    hospital_ward: Settings, person: Person, patient: int, reason: str, words: str
) -> None:
    with pytest.raises(RuleError, match=words):
        take_over(hospital_ward, person, patient, reason)

    assert seen_by(hospital_ward, NURSE) == {MINE}


def test_support_is_told_which_rule_decided(hospital_ward: Settings) -> None:
    mine = explain(hospital_ward, SUPPORT, "nurse", MINE)
    other = explain(hospital_ward, SUPPORT, "nurse", LYING)
    nobody = explain(hospital_ward, SUPPORT, "nobody.here", LYING)

    assert (mine.is_seen, mine.deciding.code) == (True, "assignment")
    assert (other.is_seen, other.deciding.code) == (False, "care_team")
    assert (nobody.is_seen, nobody.deciding.code) == (False, "account")


def test_support_finds_a_patient_by_number_and_not_by_name(
    hospital_ward: Settings,
) -> None:
    assert find_by_number(hospital_ward, SUPPORT, "000452-5") == [LYING]
    assert find_by_number(hospital_ward, SUPPORT, "Anders") == []


def test_support_assigns_a_patient_and_ends_it(hospital_ward: Settings) -> None:
    until = datetime.now(UTC) + timedelta(days=1)
    grant(hospital_ward, SUPPORT, "nurse", LYING, valid_to=until, reason="ticket 7")
    assert seen_by(hospital_ward, NURSE) == {MINE, LYING}

    (granted,) = assignments(hospital_ward, SUPPORT, "nurse", LYING)
    end(hospital_ward, SUPPORT, granted, LYING)

    assert seen_by(hospital_ward, NURSE) == {MINE}


@pytest.mark.parametrize(
    ("user_id", "patient", "days", "reason", "words"),
    [
        ("support", LYING, 1, "why", "doctors and nurses only"),
        ("nurse", LYING, -1, "why", "an end in the future"),
        ("nurse", LYING, 1, " ", "needs a reason"),
        ("nurse", 999, 1, "why", "no such patient"),
    ],
)
def test_support_grants_nothing_without_reason_end_or_need(
    hospital_ward: Settings,
    user_id: str,
    patient: int,
    days: int,
    reason: str,
    words: str,
) -> None:
    until = datetime.now(UTC) + timedelta(days=days)
    with pytest.raises(RuleError, match=words):
        grant(hospital_ward, SUPPORT, user_id, patient, valid_to=until, reason=reason)


def test_a_doctor_explains_and_grants_nothing(hospital_ward: Settings) -> None:
    until = datetime.now(UTC) + timedelta(days=1)
    with pytest.raises(RuleError):
        grant(hospital_ward, DOCTOR, "nurse", LYING, valid_to=until, reason="why")
