"""Vital signs and scores: possible ones, whole rounds or nothing, own patients."""

from datetime import timedelta
from decimal import Decimal

import pytest

from pipelines.record.actions.catalogue import listed_signs
from pipelines.record.actions.correcting import correct
from pipelines.record.actions.failures import ActionError
from pipelines.record.actions.measuring import (
    DIASTOLIC,
    SYSTOLIC,
    Measured,
    record_scores,
    record_vital_signs,
)
from pipelines.settings import Settings
from tests.actions.conftest import (
    DOCTOR,
    MINE,
    NOT_MINE,
    NURSE,
    OTHER_NURSE,
    PATIENT,
    newest,
    written,
)
from tests.clock import ago, ahead
from tests.versions import versions

PULSE, TEMPERATURE, SATURATION = "8867-4", "8310-5", "59408-5"
OXYGEN, CONSCIOUSNESS = "3151-8", "67775-7"
FALLS = "59460-6"


def measured(patient_key: int = MINE, **values: str) -> Measured:
    """Return what was measured; names stand for codes."""
    codes = {
        "systolic": SYSTOLIC,
        "diastolic": DIASTOLIC,
        "pulse": PULSE,
        "temperature": TEMPERATURE,
        "saturation": SATURATION,
        "oxygen": OXYGEN,
    }
    exact = {codes[name]: Decimal(value) for name, value in values.items()}
    return Measured(patient_key, exact, ago(minutes=2))


def seen_as(answer: str) -> Measured:
    """Return how awake somebody is."""
    return Measured(MINE, {}, ago(minutes=2), answers={CONSCIOUSNESS: answer})


def test_vital_signs_are_written_as_they_were_measured(ward: Settings) -> None:
    taken = measured(systolic="128", diastolic="77", pulse="64", temperature="37.2")
    record_vital_signs(ward, NURSE, [taken])
    values = {
        each.values["observation_code"]: (
            each.values["value_text"],
            each.values["unit"],
        )
        for each in written(ward, "vital_signs")
    }

    assert values == {
        SYSTOLIC: ("128", "mm[Hg]"),
        DIASTOLIC: ("77", "mm[Hg]"),
        PULSE: ("64", "/min"),
        TEMPERATURE: ("37.2", "Cel"),
    }


@pytest.mark.parametrize(
    "values",
    [
        {"pulse": "9"},
        {"pulse": "351"},
        {"pulse": "NaN"},
        {"pulse": "Infinity"},
        {"pulse": "64.5"},
        {"temperature": "371"},
        {"temperature": "24.9"},
        {"temperature": "37.25"},
        {"saturation": "101"},
        {"oxygen": "-0.5"},
        {"oxygen": "80.5"},
        {"oxygen": "1.25"},
        {"systolic": "29", "diastolic": "20"},
        {"systolic": "321", "diastolic": "80"},
        {"systolic": "80", "diastolic": "80"},
        {"systolic": "70", "diastolic": "120"},
        {"systolic": "120"},
        {"diastolic": "80"},
        {},
    ],
)
def test_what_cannot_be_measured_is_not_written(ward: Settings, values: dict) -> None:
    with pytest.raises(ActionError, match="nothing was saved"):
        record_vital_signs(ward, NURSE, [measured(**values)])

    assert versions(ward, "vital_signs") == 0


@pytest.mark.parametrize(
    "values",
    [
        {"pulse": "10"},
        {"pulse": "350"},
        {"temperature": "25"},
        {"temperature": "45.0"},
        {"saturation": "100"},
        {"oxygen": "0"},
        {"oxygen": "0.5"},
        {"oxygen": "80"},
        {"systolic": "81", "diastolic": "80"},
    ],
)
def test_what_can_be_is_written_at_its_limits(ward: Settings, values: dict) -> None:
    record_vital_signs(ward, NURSE, [measured(**values)])

    assert versions(ward, "vital_signs") == len(values)


@pytest.mark.parametrize("away", [timedelta(hours=5), timedelta(days=-8)])
def test_a_measurement_is_of_these_days(ward: Settings, away: timedelta) -> None:
    taken = Measured(MINE, {PULSE: Decimal(64)}, ahead() + away)
    with pytest.raises(ActionError, match="the time is"):
        record_vital_signs(ward, NURSE, [taken])


def test_only_listed_signs_and_positions_are_written(ward: Settings) -> None:
    for taken in (
        Measured(MINE, {"2345-7": Decimal(90)}, ago(minutes=1)),
        Measured(MINE, {CONSCIOUSNESS: Decimal(15)}, ago(minutes=1)),
        Measured(MINE, {}, ago(minutes=1), answers={PULSE: "Alert"}),
        Measured(MINE, {}, ago(minutes=1), answers={"2345-7": "Alert"}),
        Measured(MINE, {PULSE: Decimal(90)}, ago(minutes=1), "upside down"),
    ):
        with pytest.raises(ActionError, match="nothing was saved"):
            record_vital_signs(ward, NURSE, [taken])


@pytest.mark.parametrize("answer", listed_signs()[CONSCIOUSNESS].answers)
def test_consciousness_is_written_in_a_word_of_its_list(
    ward: Settings, answer: str
) -> None:
    record_vital_signs(ward, NURSE, [seen_as(answer)])
    sign = newest(ward, "vital_signs")

    assert sign.values["observation_code"] == CONSCIOUSNESS
    assert (sign.values["value_text"], sign.values["unit"]) == (answer, None)


@pytest.mark.parametrize("answer", ["", "alert", "A", "Confused", "15"])
def test_another_word_for_consciousness_is_not_written(
    ward: Settings, answer: str
) -> None:
    with pytest.raises(ActionError, match=r"consciousness \(ACVPU\) is none of Alert"):
        record_vital_signs(ward, NURSE, [seen_as(answer)])

    assert versions(ward, "vital_signs") == 0


def test_consciousness_is_corrected_to_a_word_of_its_list(ward: Settings) -> None:
    record_vital_signs(ward, NURSE, [seen_as("Alert")])
    sign = newest(ward, "vital_signs")
    with pytest.raises(ActionError, match="is none of Alert, New confusion"):
        correct(ward, NURSE, sign, values={"value_text": "tired"}, reason="typo")
    correct(ward, NURSE, sign, values={"value_text": "New confusion"}, reason="typo")

    assert newest(ward, "vital_signs").values["value_text"] == "New confusion"


def test_a_round_is_saved_whole_or_not_at_all(ward: Settings) -> None:
    with pytest.raises(ActionError, match="Heart rate"):
        record_vital_signs(
            ward, DOCTOR, [measured(pulse="64"), measured(NOT_MINE, pulse="640")]
        )
    with pytest.raises(ActionError, match="not a patient for whom"):
        record_vital_signs(
            ward, NURSE, [measured(pulse="64"), measured(NOT_MINE, pulse="66")]
        )

    assert versions(ward, "vital_signs") == 0
    record_vital_signs(
        ward, DOCTOR, [measured(pulse="64"), measured(NOT_MINE, pulse="66")]
    )
    assert newest(ward, "vital_signs", NOT_MINE).values["value_text"] == "66"


def test_a_patient_measures_nothing_here(ward: Settings) -> None:
    with pytest.raises(ActionError, match="may not record vital signs"):
        record_vital_signs(ward, PATIENT, [measured(pulse="64")])


def test_a_measurement_is_corrected_by_who_took_it(ward: Settings) -> None:
    record_vital_signs(ward, NURSE, [measured(temperature="38.2")])
    sign = newest(ward, "vital_signs")
    for person, value, why in (
        (OTHER_NURSE, "37.2", "only its author"),
        (NURSE, "372", "is possible from"),
        (NURSE, "warm", "no number"),
        (NURSE, "", "is missing"),
    ):
        with pytest.raises(ActionError, match=why):
            correct(ward, person, sign, values={"value_text": value}, reason="typo")
    correct(ward, NURSE, sign, values={"value_text": " 37.2 "}, reason="typo")

    assert newest(ward, "vital_signs").values["value_text"] == "37.2"
    assert versions(ward, "vital_signs") == 2


def test_a_score_is_written_with_its_question(ward: Settings) -> None:
    record_scores(ward, NURSE, MINE, values={FALLS: 55}, answered_at=ago(minutes=1))
    score = newest(ward, "questionnaire_responses")

    assert score.values["answer_text"] == "55"
    assert score.values["question_name"].startswith("Fall risk")


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ({}, "no score"),
        ({FALLS: 126}, "is possible from 0 to 125"),
        ({FALLS: -1}, "is possible from 0 to 125"),
        ({"2345-7": 1}, "not in the catalogue"),
    ],
)
def test_no_score_is_written_that_cannot_be(
    ward: Settings, values: dict, why: str
) -> None:
    with pytest.raises(ActionError, match=why):
        record_scores(ward, NURSE, MINE, values=values, answered_at=ago(minutes=1))
    with pytest.raises(ActionError, match="still to come"):
        record_scores(ward, NURSE, MINE, values={FALLS: 5}, answered_at=ahead(hours=1))
    with pytest.raises(ActionError, match="not a patient for whom"):
        record_scores(
            ward, NURSE, NOT_MINE, values={FALLS: 5}, answered_at=ago(minutes=1)
        )

    assert versions(ward, "questionnaire_responses") == 0
