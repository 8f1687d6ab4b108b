"""Requests are answered once, with what follows."""

from dataclasses import replace
from decimal import Decimal

import pytest

from pipelines.record.actions.answering_corrections import answer_correction
from pipelines.record.actions.answering_requests import (
    Approval,
    approve,
    deny,
    is_open,
)
from pipelines.record.actions.entry import Change, Entry
from pipelines.record.actions.failures import ActionError
from pipelines.record.actions.prescribing import is_current, stop
from pipelines.record.actions.request_queue import open_requests
from pipelines.record.actions.saving import save
from pipelines.settings import Settings
from tests.actions.conftest import (
    DOCTOR,
    MINE,
    NURSE,
    OTHER_DOCTOR,
    PATIENT,
    TWICE,
    newest,
    request,
    written,
)
from tests.clock import ago
from tests.versions import versions

ONCE = replace(TWICE, frequency_text="once daily", doses_per_day=Decimal(1))


@pytest.fixture
def refill(ward: Settings, prescription: Entry) -> Entry:
    """Return a wish for a refill."""
    return request(ward, prescription)


def test_an_approved_refill_may_be_dispensed_again(
    ward: Settings, prescription: Entry, refill: Entry
) -> None:
    approve(
        ward,
        DOCTOR,
        refill,
        prescription=prescription,
        approval=Approval(refills=2),
        answer="ready tomorrow",
    )
    answered, refilled = (
        newest(ward, "medication_requests"),
        newest(ward, "prescriptions"),
    )

    assert answered.values["status_code"] == "approved"
    assert answered.values["answer_text"] == "ready tomorrow"
    assert answered.values["answered_by_name"] == "Dr. One"
    assert answered.values["request_text"] == "please"
    assert refilled.values["refills_allowed"] == 3 + 2
    assert is_current(refilled)
    assert not is_open(answered)


def test_a_request_is_answered_once(
    ward: Settings, prescription: Entry, refill: Entry
) -> None:
    deny(ward, DOCTOR, refill, answer="come and see me")
    with pytest.raises(ActionError, match="somebody changed this entry meanwhile"):
        approve(
            ward,
            OTHER_DOCTOR,
            refill,
            prescription=prescription,
            approval=Approval(),
        )
    answered = newest(ward, "medication_requests")
    for attempt in (
        lambda: deny(ward, DOCTOR, answered, answer="again"),
        lambda: approve(
            ward, DOCTOR, answered, prescription=prescription, approval=Approval()
        ),
    ):
        with pytest.raises(ActionError, match="answered already"):
            attempt()

    assert answered.values["status_code"] == "denied"
    assert newest(ward, "prescriptions").values["refills_allowed"] == 3


def test_a_denial_says_why(ward: Settings, refill: Entry) -> None:
    with pytest.raises(ActionError, match="the answer is missing"):
        deny(ward, DOCTOR, refill, answer=" ")

    assert is_open(newest(ward, "medication_requests"))


def test_a_refill_in_another_dose_is_another_prescription(
    ward: Settings, prescription: Entry, refill: Entry
) -> None:
    approve(
        ward,
        DOCTOR,
        refill,
        prescription=prescription,
        approval=Approval(dosage=ONCE),
    )
    current = [each for each in written(ward, "prescriptions") if is_current(each)]

    assert [each.values["doses_per_day"] for each in current] == [1]
    assert current[0].values["replaces_prescription_id"] == prescription.record_id


def test_nothing_is_half_approved(
    ward: Settings, prescription: Entry, refill: Entry
) -> None:
    other = newest(ward, "prescriptions")
    stop(ward, DOCTOR, prescription, why="allergy", reason="allergic")
    stopped = newest(ward, "prescriptions")
    for given, approval, why in (
        (None, Approval(), "not in the record"),
        (stopped, Approval(), "ended already"),
        (other, Approval(), "somebody changed"),
        (prescription, Approval(refills=0), "not possible"),
        (prescription, Approval(refills=22), "not possible"),
        (replace(other, record_id="x"), Approval(), "another prescription"),
        (replace(other, patient_key=2), Approval(), "another prescription"),
    ):
        with pytest.raises(ActionError, match=why):
            approve(ward, DOCTOR, refill, prescription=given, approval=approval)

    assert is_open(newest(ward, "medication_requests"))
    assert versions(ward, "medication_requests") == 1


def test_a_wish_for_another_dose_needs_the_dose(
    ward: Settings, prescription: Entry
) -> None:
    wish = request(ward, prescription, "dose_change")
    with pytest.raises(ActionError, match="the new dose is missing"):
        approve(ward, DOCTOR, wish, prescription=prescription, approval=Approval())


def test_a_wish_to_stop_stops(ward: Settings, prescription: Entry) -> None:
    wish = request(ward, prescription, "stop")
    approve(ward, DOCTOR, wish, prescription=prescription, approval=Approval())

    assert newest(ward, "prescriptions").values["status_code"] == "stopped"


def test_a_wish_for_a_review_is_answered_alone(
    ward: Settings, prescription: Entry
) -> None:
    wish = request(ward, prescription, "review")
    approve(ward, DOCTOR, wish, prescription=None, approval=Approval(), answer="yes")

    assert newest(ward, "medication_requests").values["status_code"] == "approved"
    assert versions(ward, "prescriptions") == 1


def test_a_nurse_answers_no_request(
    ward: Settings, prescription: Entry, refill: Entry
) -> None:
    with pytest.raises(ActionError, match="may not answer medication request"):
        deny(ward, NURSE, refill, answer="no")
    with pytest.raises(ActionError, match="may not answer medication request"):
        approve(ward, NURSE, refill, prescription=prescription, approval=Approval())


def test_a_request_for_correction_is_answered_once(ward: Settings) -> None:
    asked = {
        "subject_code": "conditions",
        "request_text": "I have no diabetes",
        "status_code": "requested",
        "requested_at": ago(minutes=5),
    }
    save(ward, PATIENT, [Change("ask for correction", MINE, asked)])
    wish = newest(ward, "correction_requests")
    with pytest.raises(ActionError, match="the answer is missing"):
        answer_correction(ward, DOCTOR, wish, is_accepted=True, answer="")
    answer_correction(ward, DOCTOR, wish, is_accepted=False, answer="HbA1c 8 %")
    answered = newest(ward, "correction_requests")

    assert answered.values["status_code"] == "denied"
    assert answered.values["answer_text"] == "HbA1c 8 %"
    with pytest.raises(ActionError, match="answered already"):
        answer_correction(ward, DOCTOR, answered, is_accepted=True, answer="yes")


def test_the_queue_has_open_requests_of_own_patients_alone(
    ward: Settings, refill: Entry
) -> None:
    assert [each.record_id for each in open_requests(ward, DOCTOR)] == [
        refill.record_id
    ]
    assert open_requests(ward, OTHER_DOCTOR) == []
    deny(ward, DOCTOR, refill, answer="no")
    assert open_requests(ward, DOCTOR) == []
