"""What patients take back or want at another time: only theirs, only if unanswered."""

from collections.abc import Callable
from uuid import uuid4

import psycopg
import pytest

from pipelines.database.connections import connect
from pipelines.database.databases import RECORD
from pipelines.database.roles import Role
from pipelines.record.actions.answering_corrections import answer_correction
from pipelines.record.actions.answering_requests import Approval, approve, deny
from pipelines.record.actions.asking import (
    ask_for_appointment,
    ask_for_correction,
    ask_for_refill,
)
from pipelines.record.actions.booking import book_appointment, mark_arrived
from pipelines.record.actions.entry import Change, Entry
from pipelines.record.actions.failures import ActionError
from pipelines.record.actions.following_up import cancel_appointment, move_appointment
from pipelines.record.actions.request_queue import open_corrections, open_requests
from pipelines.record.actions.saving import save
from pipelines.record.actions.withdrawing import (
    ask_for_another_time,
    is_movable,
    is_withdrawable,
    withdraw_request,
)
from pipelines.settings import Settings
from tests.actions.conftest import DOCTOR, MINE, PATIENT, newest, request
from tests.actions.desk import BILLING, REGISTRAR
from tests.actions.test_patients_wishes import own
from tests.clock import ago, ahead

WISH = {"reason": "I work on that day", "preferred_days": ["Friday"]}


def refill(ward: Settings, prescription: Entry) -> Entry:
    ask_for_refill(ward, PATIENT, prescription)
    return own(ward, "medication_requests")


def correction(ward: Settings) -> Entry:
    ask_for_correction(ward, PATIENT, subject="allergies", wish="I have none")
    return own(ward, "correction_requests")


def appointment(ward: Settings) -> Entry:
    ask_for_appointment(ward, PATIENT, specialty="Cardiology", reason="Palpitations")
    return own(ward, "appointments")


def booked(ward: Settings) -> Entry:
    book_appointment(
        ward,
        REGISTRAR,
        MINE,
        practitioner_id="D1",
        specialty="Cardiology",
        starts_at=ahead(days=2),
        minutes=20,
        kind="Follow-up",
        reason="Control",
    )
    return own(ward, "appointments")


def test_a_refill_that_nobody_answered_is_taken_back_and_leaves_the_queue(
    ward: Settings, prescription: Entry
) -> None:
    asked = refill(ward, prescription)
    assert [each.record_id for each in open_requests(ward, DOCTOR)] == [asked.record_id]

    withdraw_request(ward, PATIENT, asked)

    assert own(ward, "medication_requests").values["status_code"] == "withdrawn"
    assert open_requests(ward, DOCTOR) == []
    refill(ward, prescription)


def test_a_correction_that_nobody_answered_is_taken_back(ward: Settings) -> None:
    asked = correction(ward)
    assert [each.record_id for each in open_corrections(ward, REGISTRAR)] == [
        asked.record_id
    ]

    withdraw_request(ward, PATIENT, asked)

    assert own(ward, "correction_requests").values["status_code"] == "withdrawn"
    assert open_corrections(ward, REGISTRAR) == []


def test_an_appointment_that_was_only_asked_for_is_cancelled(ward: Settings) -> None:
    withdraw_request(ward, PATIENT, appointment(ward))

    assert own(ward, "appointments").values["status_code"] == "cancelled"


def answered_refill(ward: Settings, prescription: Entry) -> Entry:
    asked = refill(ward, prescription)
    deny(ward, DOCTOR, asked, answer="Come and see me first")
    return own(ward, "medication_requests")


def answered_correction(ward: Settings, _: Entry) -> Entry:
    asked = correction(ward)
    answer_correction(ward, REGISTRAR, asked, is_accepted=False, answer="It is right")
    return own(ward, "correction_requests")


def booked_appointment(ward: Settings, _: Entry) -> Entry:
    return booked(ward)


def asked_by_the_doctor(ward: Settings, _: Entry) -> Entry:
    values = {
        "request_type_code": "review",
        "requester_code": "doctor",
        "status_code": "requested",
        "requested_at": ago(minutes=1),
    }
    save(ward, DOCTOR, [Change("request medication change", MINE, values)])
    return newest(ward, "medication_requests")


@pytest.mark.parametrize(
    "make",
    [answered_refill, answered_correction, booked_appointment, asked_by_the_doctor],
)
def test_what_was_answered_or_asked_by_others_is_not_taken_back(
    ward: Settings, prescription: Entry, make: Callable[[Settings, Entry], Entry]
) -> None:
    entry = make(ward, prescription)

    assert not is_withdrawable(PATIENT, entry)
    with pytest.raises(ActionError, match="answered already"):
        withdraw_request(ward, PATIENT, entry)
    assert own(ward, entry.feed).version_id == entry.version_id


def test_of_taking_back_and_answering_only_one_holds(
    ward: Settings, prescription: Entry
) -> None:
    asked = refill(ward, prescription)
    withdraw_request(ward, PATIENT, asked)

    with pytest.raises(ActionError, match="somebody changed"):
        approve(
            ward, DOCTOR, asked, prescription=prescription, approval=Approval(refills=1)
        )
    assert own(ward, "medication_requests").values["status_code"] == "withdrawn"
    assert newest(ward, "prescriptions").version_id == prescription.version_id


@pytest.mark.parametrize(
    ("feed", "status", "is_allowed"),
    [
        ("medication_requests", "withdrawn", True),
        ("medication_requests", "approved", False),
        ("correction_requests", "withdrawn", True),
        ("correction_requests", "accepted", False),
    ],
)
def test_the_database_lets_no_patient_answer(
    ward: Settings,
    prescription: Entry,
    feed: str,
    status: str,
    *,
    is_allowed: bool,
) -> None:
    """By the patient's own login, past every page and action."""
    is_refill = feed == "medication_requests"
    asked = refill(ward, prescription) if is_refill else correction(ward)
    domain = "medicines" if is_refill else "people"
    kept = {
        name: value
        for name, value in asked.values.items()
        if not name.endswith("_text") and value is not None
    }
    row = kept | {
        "version_id": uuid4(),
        "record_id": asked.record_id,
        "supersedes": asked.version_id,
        "patient_key": MINE,
        "changed_by_user_id": "patient",
        "changed_by_name": "Patient",
        "change_reason_text": "by hand",
        "status_code": status,
    }
    statement = (
        f"insert into {domain}.{feed} ({', '.join(row)}) "  # noqa: S608 - names
        f"values ({', '.join(f'%({name})s' for name in row)})"
    )
    with connect(ward, Role.PATIENT) as warehouse:
        warehouse.execute("select set_config('ehr.user_id', 'patient', true)")
        ticket = warehouse.execute("select access.admit(array[1])").fetchone()[0]
    with connect(ward, Role.PATIENT, RECORD) as record:
        record.execute("select set_config('ehr.user_id', 'patient', true)")
        record.execute("select set_config('ehr.ticket', %s, true)", (ticket,))
        if is_allowed:
            record.execute(statement, row)
        else:
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                record.execute(statement, row)
        record.rollback()


def test_another_time_is_asked_for_and_the_booked_one_stands(ward: Settings) -> None:
    before = booked(ward)
    assert is_movable(before)

    ask_for_another_time(ward, PATIENT, before, **WISH)

    asked = own(ward, "appointments")
    assert asked.record_id == before.record_id
    assert asked.values["status_code"] == "requested"
    assert asked.values["starts_at"] == before.values["starts_at"]
    assert asked.values["reason_text"] == (
        "Control\nAnother time is wanted: I work on that day\nPreferred days: Friday"
    )
    with pytest.raises(ActionError, match="booked and to come"):
        ask_for_another_time(ward, PATIENT, asked, **WISH)


def test_the_office_answers_with_another_time(ward: Settings) -> None:
    ask_for_another_time(ward, PATIENT, booked(ward), **WISH)

    at = ahead(days=5)
    move_appointment(
        ward, REGISTRAR, own(ward, "appointments"), starts_at=at, minutes=20, reason="x"
    )

    moved = own(ward, "appointments").values
    assert (moved["status_code"], moved["starts_at"]) == ("booked", at)


def test_who_takes_the_wish_back_keeps_the_time(ward: Settings) -> None:
    before = booked(ward)
    ask_for_another_time(ward, PATIENT, before, **WISH)
    withdraw_request(ward, PATIENT, own(ward, "appointments"))

    kept = own(ward, "appointments").values
    assert kept["status_code"] == "booked"
    assert kept["starts_at"] == before.values["starts_at"]


def test_who_comes_at_the_old_time_has_come(ward: Settings) -> None:
    ask_for_another_time(ward, PATIENT, booked(ward), **WISH)
    mark_arrived(ward, REGISTRAR, own(ward, "appointments"))

    assert own(ward, "appointments").values["status_code"] == "arrived"


def test_a_time_that_is_over_is_not_kept(ward: Settings) -> None:
    values = {
        "status_code": "requested",
        "starts_at": ago(minutes=1),
        "ends_at": ahead(minutes=10),
        "requested_at": ago(days=3),
    }
    save(ward, REGISTRAR, [Change("request appointment", MINE, values)])
    withdraw_request(ward, PATIENT, own(ward, "appointments"))

    assert own(ward, "appointments").values["status_code"] == "cancelled"


def test_only_a_booked_appointment_to_come_is_moved(ward: Settings) -> None:
    seen = booked(ward)
    cancel_appointment(ward, REGISTRAR, seen, reason="Ill")
    for entry in (own(ward, "appointments"), appointment(ward)):
        with pytest.raises(ActionError, match="booked and to come"):
            ask_for_another_time(ward, PATIENT, entry, **WISH)
    seen = booked(ward)
    for wish, why in (({"reason": " "}, "missing"), ({"preferred_days": ["x"]}, "day")):
        with pytest.raises(ActionError, match=why):
            ask_for_another_time(ward, PATIENT, seen, **WISH | wish)


def test_nobody_else_takes_it_back(ward: Settings, prescription: Entry) -> None:
    asked = request(ward, prescription)
    for person in (DOCTOR, REGISTRAR, BILLING):
        with pytest.raises(ActionError):
            withdraw_request(ward, person, asked)


def test_only_registrars_are_told_who_waits_for_a_correction(ward: Settings) -> None:
    correction(ward)
    for person in (DOCTOR, PATIENT, BILLING):
        with pytest.raises(ActionError, match="does not answer"):
            open_corrections(ward, person)
