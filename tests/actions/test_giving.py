"""Giving medicines: a second nurse knows of a dose before it is in the marts."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from pipelines.database.databases import RECORD
from pipelines.record.actions.correcting import enter_in_error
from pipelines.record.actions.entry import Change, Entry
from pipelines.record.actions.failures import ActionError
from pipelines.record.actions.giving import (
    LOCK,
    Dose,
    doses_of,
    record_dose,
    too_near,
)
from pipelines.record.actions.in_record import as_person
from pipelines.record.actions.prescribing import change_dose, prescribe, stop
from pipelines.record.actions.saving import save
from pipelines.settings import Settings
from tests.actions.conftest import (
    DOCTOR,
    METFORMIN,
    MINE,
    NOT_MINE,
    NURSE,
    OTHER_NURSE,
    TWICE,
    newest,
)
from tests.clock import ago, ahead, from_now
from tests.versions import versions


def given(**other: Any) -> Dose:
    """Return that a dose was given a minute ago."""
    return replace(Dose("given", ago(minutes=1), "500"), **other)


def test_a_dose_says_what_of_which_prescription_and_by_whom(
    ward: Settings, prescription: Entry
) -> None:
    record_dose(ward, NURSE, prescription, given())
    dose = newest(ward, "administrations").values

    assert dose["prescription_id"] == prescription.record_id
    assert dose["drug_name"] == METFORMIN.drug_name
    assert (dose["dose_text"], dose["dose_unit"]) == ("500", "mg")
    assert (dose["status_code"], dose["performer_name"]) == ("given", "Nurse One")
    assert dose["practitioner_id"] == "N1"
    assert dose["reason_name"] is None


def test_a_second_nurse_sees_the_dose_at_once_and_must_confirm_another(
    ward: Settings, prescription: Entry
) -> None:
    record_dose(ward, NURSE, prescription, given())
    seen = doses_of(ward, OTHER_NURSE, prescription)

    assert [each.values["performer_name"] for each in seen] == ["Nurse One"]
    assert seen[0].is_pending
    with pytest.raises(ActionError, match="Nurse One gave a dose within the interval"):
        record_dose(ward, OTHER_NURSE, prescription, given())
    assert versions(ward, "administrations") == 1
    record_dose(ward, OTHER_NURSE, prescription, given(is_second_confirmed=True))
    assert versions(ward, "administrations") == 2


def test_while_somebody_records_a_dose_nobody_else_does(
    ward: Settings, prescription: Entry
) -> None:
    with as_person(ward, OTHER_NURSE, RECORD) as record:
        name = f"doses of {prescription.patient_key}"
        assert record.execute(LOCK, (name,)).fetchone()[0]
        with pytest.raises(ActionError, match="this very moment"):
            record_dose(ward, NURSE, prescription, given())
    record_dose(ward, NURSE, prescription, given())

    assert versions(ward, "administrations") == 1


@pytest.mark.parametrize(
    ("gap", "is_near"),
    [
        (timedelta(hours=11), False),
        (timedelta(hours=11) - timedelta(seconds=1), True),
        (timedelta(hours=12), False),
        (-timedelta(hours=10), True),
        (-timedelta(hours=11), False),
        (timedelta(0), True),
    ],
)
def test_two_doses_lie_an_interval_apart_give_or_take_an_hour(
    ward: Settings,
    prescription: Entry,
    gap: timedelta,
    is_near: bool,  # noqa: FBT001
) -> None:
    record_dose(ward, NURSE, prescription, given())
    found = doses_of(ward, NURSE, prescription)
    given_at = found[0].values["administered_at"]

    assert (too_near(found, prescription, given_at + gap) is not None) == is_near


def test_a_dose_every_hour_may_be_a_quarter_early(
    ward: Settings, prescription: Entry
) -> None:
    hourly = replace(
        prescription, values=prescription.values | {"doses_per_day": Decimal(24)}
    )
    record_dose(ward, NURSE, prescription, given())
    found = doses_of(ward, NURSE, hourly)
    given_at = found[0].values["administered_at"]

    assert too_near(found, hourly, given_at + timedelta(minutes=44))
    assert not too_near(found, hourly, given_at + timedelta(minutes=45))


def test_a_dose_by_another_prescription_of_the_medicine_counts(
    ward: Settings, prescription: Entry
) -> None:
    record_dose(ward, NURSE, prescription, given())
    change_dose(
        ward, DOCTOR, prescription, dosage=replace(TWICE, dose_text="850"), reason="up"
    )
    new = next(
        each
        for each in [newest(ward, "prescriptions")]
        if each.values["replaces_prescription_id"]
    )
    with pytest.raises(ActionError, match="gave a dose within the interval"):
        record_dose(ward, OTHER_NURSE, new, Dose("given", ahead(seconds=30), "850"))


def test_a_dose_not_given_or_made_in_error_warns_of_nothing(
    ward: Settings, prescription: Entry
) -> None:
    record_dose(ward, NURSE, prescription, given())
    enter_in_error(ward, NURSE, newest(ward, "administrations"), reason="other patient")
    record_dose(
        ward, NURSE, prescription, Dose("withheld", ago(minutes=1), reason="fasting")
    )
    record_dose(ward, OTHER_NURSE, prescription, given())

    assert versions(ward, "administrations") == 4


def test_a_dose_not_given_has_a_reason_and_no_amount(
    ward: Settings, prescription: Entry
) -> None:
    withheld = Dose("withheld", ago(minutes=1), "500", "fasting")
    record_dose(ward, NURSE, prescription, withheld)
    dose = newest(ward, "administrations").values

    assert (dose["reason_name"], dose["dose_text"]) == ("Fasting", None)


@pytest.mark.parametrize(
    ("other", "why"),
    [
        ({"dose_text": None}, "how much was given is missing"),
        ({"dose_text": " "}, "how much was given is missing"),
        ({"status": "thrown away"}, "what became of it is none of"),
        ({"administered_at": timedelta(hours=5)}, "still to come"),
        ({"administered_at": timedelta(days=-8)}, "days ago"),
        ({"administered_at": timedelta(hours=-2)}, "had not begun"),
        ({"status": "refused", "dose_text": None}, "the reason is none of"),
        (
            {"status": "withheld", "dose_text": None, "reason": "whim"},
            "the reason is none of",
        ),
    ],
)
def test_no_dose_is_recorded_that_cannot_be(
    ward: Settings, prescription: Entry, other: dict[str, Any], why: str
) -> None:
    with pytest.raises(ActionError, match=why):
        record_dose(ward, NURSE, prescription, given(**from_now(other)))

    assert versions(ward, "administrations") == 0


def test_nothing_is_given_of_what_was_stopped_meanwhile(
    ward: Settings, prescription: Entry
) -> None:
    stop(ward, DOCTOR, prescription, why="allergy", reason="allergic")
    with pytest.raises(ActionError, match="changed or stopped meanwhile"):
        record_dose(ward, NURSE, prescription, given())
    with pytest.raises(ActionError, match="has ended already"):
        record_dose(ward, NURSE, newest(ward, "prescriptions"), given())

    assert versions(ward, "administrations") == 0


def test_a_doctor_gives_nothing_and_a_nurse_to_her_patients_alone(
    ward: Settings, prescription: Entry
) -> None:
    with pytest.raises(ActionError, match="your role, doctor, may not administer"):
        record_dose(ward, DOCTOR, prescription, given())
    prescribe(
        ward,
        DOCTOR,
        NOT_MINE,
        medicine=METFORMIN,
        dosage=TWICE,
        started_at=ago(hours=1),
    )
    theirs = newest(ward, "prescriptions", NOT_MINE)
    with pytest.raises(ActionError, match="nothing was saved"):
        record_dose(ward, NURSE, theirs, given())

    assert versions(ward, "administrations") == 0


@pytest.mark.parametrize(
    ("named", "counts"),
    [
        ({}, True),
        ({"drug_code": None, "code_system": None}, True),
        ({"drug_code": "999", "drug_name": "another medicine"}, False),
    ],
)
def test_a_dose_by_a_second_prescription_counts_if_it_is_the_same_medicine(
    ward: Settings,
    prescription: Entry,
    named: dict[str, str | None],
    counts: bool,  # noqa: FBT001
) -> None:
    prescribe(
        ward,
        DOCTOR,
        MINE,
        medicine=replace(METFORMIN, **named),
        dosage=TWICE,
        started_at=ago(hours=1),
    )
    second = newest(ward, "prescriptions")
    record_dose(ward, NURSE, prescription, given())

    assert len(doses_of(ward, OTHER_NURSE, second)) == counts
    if counts:
        with pytest.raises(ActionError, match="gave a dose within the interval"):
            record_dose(ward, OTHER_NURSE, second, given())
    else:
        record_dose(ward, OTHER_NURSE, second, given())


def test_a_dose_that_names_no_prescription_is_not_of_every_one(
    ward: Settings, prescription: Entry
) -> None:
    values = {
        "drug_name": "another medicine",
        "status_code": "given",
        "administered_at": ago(minutes=5),
    }
    save(ward, NURSE, [Change("administer medicine", MINE, values)])

    assert doses_of(ward, NURSE, prescription) == []
