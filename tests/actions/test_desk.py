"""The desk: nobody registered twice unseen, one payer per rank, reasons for changes."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from pipelines.access.encryption import load_keyring, patient_key_of, search_terms
from pipelines.database.connections import connect
from pipelines.database.roles import Role
from pipelines.record.actions.failures import ActionError
from pipelines.record.actions.insuring import (
    add_coverage,
    change_coverage,
    end_coverage,
)
from pipelines.record.actions.keeping_contacts import (
    add_contact,
    change_contact,
    end_contact,
)
from pipelines.record.actions.registering import change_demographics, register_patient
from pipelines.settings import Settings
from tests.actions.conftest import DOCTOR, MINE
from tests.actions.desk import ADA, REGISTRAR, newest_of, register
from tests.clock import ago, from_now
from tests.versions import versions

KIN = {"contact_name": "Bo Meyer", "relationship_code": "spouse", "phone": "5550101"}
PLAN = {
    "payer_name": "Example Health Plan",
    "plan_type_code": "commercial",
    "member_number": "M-1",
    "priority_number": 1,
    "started_at": datetime(2026, 1, 1, tzinfo=UTC),
}
NOBODY = {
    "without a family name": {"family_name": " "},
    "named by digits": {"given_name": "123"},
    "without a birth date": {"birth_date": None},
    "born tomorrow": {"birth_date": date(2999, 1, 1)},
    "born too long ago": {"birth_date": date(1850, 1, 1)},
    "without a sex": {"sex_code": None},
    "of a sex that is none": {"sex_code": "Q"},
    "with a mail address that is none": {"email": "ada at home"},
    "with a telephone number that is none": {"phone": "call me"},
    "dead before birth": {"deceased_at": datetime(1950, 1, 1, tzinfo=UTC)},
    "dead tomorrow": {"deceased_at": timedelta(days=1)},
    "with a column of another form": {"patient_number": "P1"},
}


def land(settings: Settings, patient: int, *, family: str, given: str, born: str):
    """Let the search know somebody, as a landing does."""
    keyring = load_keyring(settings.keys_folder)
    with connect(settings, Role.OWNER) as owner:
        for kind, term in search_terms([given, family], [], born):
            owner.execute(
                "insert into identity.search_token values (%s, %s, %s)",
                (patient, kind, keyring.search_token(kind, term)),
            )


@pytest.fixture
def known(ward: Settings):
    """Let the search know Ada Meyer."""
    with connect(ward, Role.OWNER) as owner:
        owner.execute("delete from identity.search_token")
    land(ward, 7, family="Meyer", given="Ada", born="1956-08-03")
    yield ward
    with connect(ward, Role.OWNER) as owner:
        owner.execute("delete from identity.search_token")


def test_a_patient_is_registered_under_the_key_of_a_new_number(ward: Settings) -> None:
    key = register(ward)
    entry = newest_of(ward, REGISTRAR, "patients", key)
    number = entry.values["patient_number"]
    digest = load_keyring(ward.keys_folder).patient_digest("operational", number)
    assert key == patient_key_of(digest)
    assert entry.record_id == f"{key:016x}"
    assert entry.values["family_name"] == "Meyer"
    assert entry.is_pending
    assert register(ward) != key


@pytest.mark.parametrize("other", NOBODY.values(), ids=NOBODY)
def test_nobody_is_registered(ward: Settings, other: dict[str, Any]) -> None:
    with pytest.raises(ActionError, match="nothing was saved"):
        register(ward, **from_now(other))
    assert versions(ward, "patients") == 0


@pytest.mark.parametrize(
    "other",
    [
        {},
        {"given_name": "Eve"},
        {"family_name": "Maier"},
        {"given_name": "Eve", "birth_date": date(1956, 3, 8)},
        {"birth_date": date(1970, 1, 1)},
        {"family_name": "Lang", "maiden_name": "Meyer"},
    ],
)
def test_who_may_be_the_same_is_looked_at_first(known: Settings, other: Any) -> None:
    with pytest.raises(ActionError, match="registered already"):
        register(known, **other)
    assert versions(known, "patients") == 0
    seen = {"distinct_from": [7], "values": ADA | other}
    assert register_patient(known, REGISTRAR, **seen)


def test_another_name_and_day_is_another_person(known: Settings) -> None:
    assert register(known, family_name="Lindqvist")
    assert register(known, given_name="Eve", birth_date=date(1970, 1, 1))


def test_only_a_registrar_registers(ward: Settings) -> None:
    with pytest.raises(ActionError, match="may not register patient"):
        register_patient(ward, DOCTOR, values=ADA)


def test_demographics_are_changed_with_a_reason_and_stay_readable(
    ward: Settings,
) -> None:
    seen = newest_of(ward, REGISTRAR, "patients", register(ward))
    with pytest.raises(ActionError, match="reason"):
        change_demographics(ward, REGISTRAR, seen, values={"city": "Salem"}, reason=" ")
    with pytest.raises(ActionError, match="nothing would change"):
        change_demographics(
            ward, REGISTRAR, seen, values={"phone": ADA["phone"]}, reason="Moved"
        )
    change_demographics(ward, REGISTRAR, seen, values={"city": "Salem"}, reason="Moved")
    changed = newest_of(ward, REGISTRAR, "patients", seen.patient_key)
    assert changed.values["city"] == "Salem"
    assert changed.values["family_name"] == "Meyer"
    assert changed.change_reason_text == "Moved"
    assert versions(ward, "patients") == 2
    with pytest.raises(ActionError, match="somebody changed"):
        change_demographics(
            ward, REGISTRAR, seen, values={"city": "Lynn"}, reason="Moved"
        )


@pytest.mark.parametrize("other", NOBODY.values(), ids=NOBODY)
def test_demographics_of_nobody_are_refused(
    ward: Settings, other: dict[str, Any]
) -> None:
    seen = newest_of(ward, REGISTRAR, "patients", register(ward))
    with pytest.raises(ActionError):
        change_demographics(ward, REGISTRAR, seen, values=from_now(other), reason="x")
    assert versions(ward, "patients") == 1


def test_a_contact_is_added_changed_and_ended(ward: Settings) -> None:
    add_contact(ward, REGISTRAR, MINE, values=KIN)
    seen = newest_of(ward, REGISTRAR, "contacts", MINE)
    change_contact(ward, REGISTRAR, seen, values={"phone": "5550199"}, reason="New")
    seen = newest_of(ward, REGISTRAR, "contacts", MINE)
    assert seen.values["phone"] == "5550199"
    end_contact(ward, REGISTRAR, seen, reason="Asked for")
    ended = newest_of(ward, REGISTRAR, "contacts", MINE)
    assert ended.values["ended_at"] is not None
    for again in (
        lambda: end_contact(ward, REGISTRAR, ended, reason="x"),
        lambda: change_contact(
            ward, REGISTRAR, ended, values={"phone": "5550111"}, reason="x"
        ),
    ):
        with pytest.raises(ActionError, match="ended already"):
            again()


@pytest.mark.parametrize(
    "other",
    [
        {"contact_name": None},
        {"relationship_code": "stranger"},
        {"contact_role_code": "none"},
        {"phone": None},
        {"priority_number": 0},
        {"priority_number": 21},
        {"started_at": timedelta(days=-1)},
    ],
)
def test_no_contact_without_name_relationship_and_a_way_to_reach(
    ward: Settings, other: dict[str, Any]
) -> None:
    with pytest.raises(ActionError, match="nothing was saved"):
        add_contact(ward, REGISTRAR, MINE, values=KIN | from_now(other))
    assert versions(ward, "contacts") == 0


def test_one_payer_per_rank_at_a_time(ward: Settings) -> None:
    add_coverage(ward, REGISTRAR, MINE, values=PLAN)
    first = newest_of(ward, REGISTRAR, "coverages", MINE)
    with pytest.raises(ActionError, match="another insurance pays"):
        add_coverage(ward, REGISTRAR, MINE, values=PLAN | {"payer_name": "Other"})
    add_coverage(ward, REGISTRAR, MINE, values=PLAN | {"priority_number": 2})
    second = newest_of(ward, REGISTRAR, "coverages", MINE)
    with pytest.raises(ActionError, match="another insurance pays"):
        change_coverage(
            ward, REGISTRAR, second, values={"priority_number": 1}, reason="x"
        )
    change_coverage(ward, REGISTRAR, first, values={"plan_name": "Gold"}, reason="x")
    first = newest_of(ward, REGISTRAR, "coverages", MINE)
    until = PLAN["started_at"] + timedelta(days=30)
    end_coverage(ward, REGISTRAR, first, ended_at=until, reason="Left")
    change_coverage(
        ward,
        REGISTRAR,
        second,
        values={"priority_number": 1, "started_at": until},
        reason="Now first",
    )


def test_an_insurance_does_not_end_before_it_begins_or_twice(ward: Settings) -> None:
    add_coverage(ward, REGISTRAR, MINE, values=PLAN)
    seen = newest_of(ward, REGISTRAR, "coverages", MINE)
    before = PLAN["started_at"] - timedelta(days=1)
    with pytest.raises(ActionError, match="does not end before"):
        end_coverage(ward, REGISTRAR, seen, ended_at=before, reason="x")
    end_coverage(ward, REGISTRAR, seen, ended_at=ago(days=1), reason="x")
    ended = newest_of(ward, REGISTRAR, "coverages", MINE)
    with pytest.raises(ActionError, match="ended already"):
        end_coverage(ward, REGISTRAR, ended, ended_at=ago(days=1), reason="x")


@pytest.mark.parametrize(
    "other",
    [
        {"payer_name": ""},
        {"plan_type_code": "free"},
        {"member_number": None},
        {"priority_number": 4},
        {"priority_number": None},
        {"started_at": None},
        {"subscriber_relationship_code": "dog"},
        {"status_code": "active"},
    ],
)
def test_no_insurance_without_payer_plan_number_rank_and_day(
    ward: Settings, other: dict[str, Any]
) -> None:
    with pytest.raises(ActionError, match="nothing was saved"):
        add_coverage(ward, REGISTRAR, MINE, values=PLAN | other)
    assert versions(ward, "coverages") == 0
