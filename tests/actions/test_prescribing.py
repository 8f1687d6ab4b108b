"""Prescribing: possible dosages only, one running version, nothing half changed."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from pipelines.record.actions.correcting import enter_in_error
from pipelines.record.actions.dosage import Dosage
from pipelines.record.actions.entry import Entry
from pipelines.record.actions.failures import ActionError
from pipelines.record.actions.prescribing import (
    Medicine,
    Override,
    change_dose,
    is_current,
    prescribe,
    stop,
)
from pipelines.settings import Settings
from tests.actions.conftest import (
    DOCTOR,
    METFORMIN,
    MINE,
    NOT_MINE,
    NURSE,
    OTHER_DOCTOR,
    TWICE,
    newest,
    written,
)
from tests.clock import ahead
from tests.versions import versions

ONCE = replace(TWICE, frequency_text="once daily", doses_per_day=Decimal(1))
IMPOSSIBLE = {
    "a dose of nothing": replace(TWICE, dose_text="0"),
    "a dose in words": replace(TWICE, dose_text="some"),
    "a dose in other digits": replace(TWICE, dose_text="\u0665\u0660"),
    "a negative dose": replace(TWICE, dose_text="-5"),
    "no dose": replace(TWICE, dose_text=" "),
    "no unit": replace(TWICE, dose_unit=""),
    "no route": replace(TWICE, route_code=""),
    "no frequency": replace(TWICE, frequency_text=""),
    "no dose a day": replace(TWICE, doses_per_day=Decimal(0)),
    "25 doses a day": replace(TWICE, doses_per_day=Decimal(25)),
    "no quantity": replace(TWICE, quantity=Decimal(0)),
    "no day of supply": replace(TWICE, days_supply=0),
    "supply of 366 days": replace(TWICE, days_supply=366),
    "a negative refill": replace(TWICE, refills_allowed=-1),
    "25 refills": replace(TWICE, refills_allowed=25),
}
POSSIBLE = {
    "from one to two": replace(TWICE, dose_text="1-2"),
    "half a dose": replace(TWICE, dose_text="0.5"),
    "24 doses a day": replace(TWICE, doses_per_day=Decimal(24)),
    "supply of a year": replace(TWICE, days_supply=365),
    "24 refills": replace(TWICE, refills_allowed=24),
    "no refill": replace(TWICE, refills_allowed=0),
    "every other day": replace(TWICE, doses_per_day=Decimal("0.5")),
}


def test_a_prescription_is_written_as_it_was_meant(prescription: Entry) -> None:
    values = prescription.values

    assert values["drug_name"] == METFORMIN.drug_name
    assert (values["dose_text"], values["dose_unit"]) == ("500", "mg")
    assert values["doses_per_day"] == 2
    assert (values["status_code"], values["practitioner_id"]) == ("active", "D1")
    assert prescription.is_pending
    assert is_current(prescription)


@pytest.mark.parametrize("dosage", IMPOSSIBLE.values(), ids=IMPOSSIBLE)
def test_no_dosage_is_written_that_cannot_be(ward: Settings, dosage: Dosage) -> None:
    with pytest.raises(ActionError, match="nothing was saved"):
        prescribe(ward, DOCTOR, MINE, medicine=METFORMIN, dosage=dosage)

    assert written(ward, "prescriptions") == []


@pytest.mark.parametrize("dosage", POSSIBLE.values(), ids=POSSIBLE)
def test_what_is_possible_is_not_refused(ward: Settings, dosage: Dosage) -> None:
    prescribe(ward, DOCTOR, MINE, medicine=METFORMIN, dosage=dosage)

    assert newest(ward, "prescriptions").values["dose_text"] == dosage.dose_text


def test_a_medicine_has_a_name(ward: Settings) -> None:
    with pytest.raises(ActionError, match="the medicine is missing"):
        prescribe(ward, DOCTOR, MINE, medicine=Medicine(" "), dosage=TWICE)


@pytest.mark.parametrize("away", [timedelta(days=-8), timedelta(days=367)])
def test_a_prescription_begins_about_now(ward: Settings, away: timedelta) -> None:
    with pytest.raises(ActionError, match="seven days ago"):
        prescribe(
            ward,
            DOCTOR,
            MINE,
            medicine=METFORMIN,
            dosage=TWICE,
            started_at=ahead() + away,
        )


def test_whoever_prescribes_in_spite_of_alerts_says_why(ward: Settings) -> None:
    override = Override(("qt:a+b", "allergy:c+d"), "monitored")

    prescribe(ward, DOCTOR, MINE, medicine=METFORMIN, dosage=TWICE, override=override)

    values = newest(ward, "prescriptions").values
    assert values["alerts_overridden"] == "qt:a+b,allergy:c+d"
    assert values["override_reason_name"] == "It will be monitored"


@pytest.mark.parametrize(
    ("override", "problem"),
    [
        (Override(("qt:a+b",), "no time"), "the reason to prescribe all the same"),
        (Override(("qt:a+b",), ""), "the reason to prescribe all the same"),
        (Override((), "monitored"), "the alerts"),
    ],
)
def test_an_override_has_alerts_and_a_listed_reason(
    ward: Settings, override: Override, problem: str
) -> None:
    with pytest.raises(ActionError, match=problem):
        prescribe(
            ward, DOCTOR, MINE, medicine=METFORMIN, dosage=TWICE, override=override
        )

    assert written(ward, "prescriptions") == []


def test_a_nurse_does_not_prescribe(ward: Settings) -> None:
    with pytest.raises(ActionError, match="your role, nurse, may not prescribe"):
        prescribe(ward, NURSE, MINE, medicine=METFORMIN, dosage=TWICE)

    assert versions(ward, "prescriptions") == 0


def test_another_dose_is_another_prescription(
    ward: Settings, prescription: Entry
) -> None:
    change_dose(ward, OTHER_DOCTOR, prescription, dosage=ONCE, reason="too much")
    by_id = {each.record_id: each for each in written(ward, "prescriptions")}
    before = by_id.pop(prescription.record_id)
    (after,) = by_id.values()

    assert before.values["status_code"] == "replaced"
    assert before.values["ended_at"] == after.values["started_at"]
    assert before.change_reason_text == "too much"
    assert not is_current(before)
    assert after.values["replaces_prescription_id"] == prescription.record_id
    assert after.values["drug_code"] == METFORMIN.drug_code
    assert after.values["doses_per_day"] == 1
    assert after.values["practitioner_id"] == "D2"
    assert is_current(after)


def test_the_same_dose_is_no_change(ward: Settings, prescription: Entry) -> None:
    with pytest.raises(ActionError, match="nothing would change"):
        change_dose(ward, DOCTOR, prescription, dosage=TWICE, reason="again")


def test_a_dose_change_that_fails_leaves_the_old_prescription(
    ward: Settings, prescription: Entry
) -> None:
    with pytest.raises(ActionError):
        change_dose(
            ward, DOCTOR, prescription, dosage=IMPOSSIBLE["no dose"], reason="less"
        )

    assert is_current(newest(ward, "prescriptions"))
    assert versions(ward, "prescriptions") == 1


def test_two_doctors_do_not_both_change_a_dose(
    ward: Settings, prescription: Entry
) -> None:
    change_dose(ward, DOCTOR, prescription, dosage=ONCE, reason="too much")
    with pytest.raises(ActionError, match="somebody changed this entry meanwhile"):
        change_dose(ward, OTHER_DOCTOR, prescription, dosage=ONCE, reason="too much")

    assert len([e for e in written(ward, "prescriptions") if is_current(e)]) == 1


def test_what_is_stopped_says_when_and_why(ward: Settings, prescription: Entry) -> None:
    stop(ward, OTHER_DOCTOR, prescription, why="side_effect", reason="rash")
    stopped = newest(ward, "prescriptions")

    assert stopped.values["status_code"] == "stopped"
    assert stopped.values["change_reason_name"] == "Side effect"
    assert stopped.values["ended_at"] > stopped.values["started_at"]
    assert stopped.change_reason_text == "rash"
    assert stopped.changed_by_user_id == "other.doctor"
    with pytest.raises(ActionError, match="has ended already"):
        stop(ward, DOCTOR, stopped, why="side_effect", reason="rash")
    with pytest.raises(ActionError, match="has ended already"):
        change_dose(ward, DOCTOR, stopped, dosage=ONCE, reason="less")


def test_what_never_began_is_cancelled(ward: Settings) -> None:
    later = ahead(days=2)
    prescribe(ward, DOCTOR, MINE, medicine=METFORMIN, dosage=TWICE, started_at=later)
    stop(ward, DOCTOR, newest(ward, "prescriptions"), why="allergy", reason="allergic")
    stopped = newest(ward, "prescriptions")

    assert stopped.values["status_code"] == "cancelled"
    assert stopped.values["ended_at"] == later


def test_a_stop_has_a_reason(ward: Settings, prescription: Entry) -> None:
    with pytest.raises(ActionError, match="the reason is none of"):
        stop(ward, DOCTOR, prescription, why="whim", reason="because")
    with pytest.raises(ActionError, match="needs its reason"):
        stop(ward, DOCTOR, prescription, why="allergy", reason=" ")

    assert versions(ward, "prescriptions") == 1


def test_a_nurse_does_not_stop(ward: Settings, prescription: Entry) -> None:
    with pytest.raises(ActionError, match="may not change prescription"):
        stop(ward, NURSE, prescription, why="allergy", reason="allergic")


def test_what_was_entered_in_error_is_not_changed(
    ward: Settings, prescription: Entry
) -> None:
    enter_in_error(ward, DOCTOR, prescription, reason="another patient's")
    wrong = newest(ward, "prescriptions")

    assert wrong.is_entered_in_error
    for change in (
        lambda: stop(ward, DOCTOR, wrong, why="allergy", reason="allergic"),
        lambda: change_dose(ward, DOCTOR, wrong, dosage=ONCE, reason="less"),
        lambda: enter_in_error(ward, DOCTOR, wrong, reason="again"),
    ):
        with pytest.raises(ActionError, match="made in error"):
            change()


def test_a_doctor_prescribes_for_any_patient(ward: Settings) -> None:
    prescribe(ward, DOCTOR, NOT_MINE, medicine=METFORMIN, dosage=TWICE)

    assert newest(ward, "prescriptions", NOT_MINE).patient_key == NOT_MINE
