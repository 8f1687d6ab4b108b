"""Vital signs and scores: what is not possible is refused before it is saved."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TypeVar
from uuid import UUID

from pipelines.access.people import Person
from pipelines.record.actions.catalogue import (
    Listed,
    Measure,
    listed_signs,
    scores,
    vital_signs,
)
from pipelines.record.actions.entry import Change
from pipelines.record.actions.requirements import (
    now,
    one_of,
    past,
    refuse,
    without_nothing,
)
from pipelines.record.actions.saving import save
from pipelines.settings import Settings

SYSTOLIC, DIASTOLIC = "8480-6", "8462-4"
Known = TypeVar("Known", Measure, Listed)
POSITIONS = {"sitting": "Sitting", "lying": "Lying", "standing": "Standing"}
# What is written down later belongs to the shift, not to the year.
LONGEST_BACK = timedelta(days=7)


@dataclass(frozen=True)
class Measured:
    """What was measured at one patient, by code of the vital sign.

    ``answers`` are of the signs that are words. A flow of oxygen of 0 is air.
    """

    patient_key: int
    values: Mapping[str, Decimal]
    measured_at: datetime
    position: str | None = None
    encounter_id: str | None = None
    answers: Mapping[str, str] = field(default_factory=dict)


def record_vital_signs(
    settings: Settings, person: Person, measured: Sequence[Measured]
) -> list[UUID]:
    """Write what was measured at one patient or a whole ward: all of it, or none.

    Raises:
        ActionError: nothing was saved; the message says why.
    """
    changes = [change for each in measured for change in _vital_signs(each)]
    if not changes:
        refuse("no value is filled in")
    return save(settings, person, changes)


def record_scores(
    settings: Settings,
    person: Person,
    patient_key: int,
    *,
    values: Mapping[str, int],
    answered_at: datetime,
) -> list[UUID]:
    """Write scores of questionnaires, such as the risk of falling.

    Raises:
        ActionError: nothing was saved; the message says why.
    """
    if not values:
        refuse("no score is filled in")
    at = recently(answered_at)
    changes = [
        Change(
            "record observation",
            patient_key,
            {
                "question_code": code,
                "code_system": "LOINC",
                "question_name": _known(scores(), code).name,
                "answer_text": value_text(scores()[code], Decimal(value)),
                "unit": "{score}",
                "answered_at": at,
            },
        )
        for code, value in values.items()
    ]
    return save(settings, person, changes)


def value_text(measure: Measure, value: Decimal) -> str:
    """Return a value as it is recorded.

    Raises:
        ActionError: it is not possible, or finer than the instrument.
    """
    low, high = measure.possible
    if not value.is_finite() or not low <= value <= high:
        refuse(f"{measure.name} is possible from {low} to {high}; look for a typo")
    step = Decimal(1).scaleb(-measure.decimals)
    if value != value.quantize(step):
        refuse(f"{measure.name} has at most {measure.decimals} decimals")
    return f"{value.quantize(step):f}"


def answer_text(sign: Listed, answer: str) -> str:
    """Return the answer to a sign that is told in words, as it is recorded.

    Raises:
        ActionError: it is none of its words.
    """
    return one_of(answer.strip(), sign.answers, sign.name)


def recently(at: datetime) -> datetime:
    """Return an instant of the last days.

    Raises:
        ActionError: it is still to come, or long ago.
    """
    past(at, "the time")
    if at < now() - LONGEST_BACK:
        refuse(f"the time is more than {LONGEST_BACK.days} days ago")
    return at


def _vital_signs(measured: Measured) -> list[Change]:
    values = measured.values
    if measured.position is not None:
        one_of(measured.position, POSITIONS, "the position")
    if SYSTOLIC in values and DIASTOLIC in values:
        if values[SYSTOLIC] <= values[DIASTOLIC]:
            refuse("the systolic blood pressure is not above the diastolic one")
    elif SYSTOLIC in values or DIASTOLIC in values:
        refuse("a blood pressure needs both of its values")
    at = recently(measured.measured_at)
    return [
        Change(
            "record vital signs",
            measured.patient_key,
            without_nothing(
                {
                    "encounter_id": measured.encounter_id,
                    "code_system": "LOINC",
                    **sign,
                    "position_name": measured.position,
                    "measured_at": at,
                }
            ),
        )
        for sign in (
            *map(_number, values.items()),
            *map(_word, measured.answers.items()),
        )
    ]


def _number(measured: tuple[str, Decimal]) -> dict[str, str]:
    code, value = measured
    measure = _known(vital_signs(), code)
    return {
        "observation_code": code,
        "observation_name": measure.name,
        "value_text": value_text(measure, value),
        "unit": measure.unit,
    }


def _word(measured: tuple[str, str]) -> dict[str, str]:
    code, answer = measured
    sign = _known(listed_signs(), code)
    return {
        "observation_code": code,
        "observation_name": sign.name,
        "value_text": answer_text(sign, answer),
    }


def _known(measures: Mapping[str, Known], code: str) -> Known:
    if code not in measures:
        refuse("this is not in the catalogue of what is measured here")
    return measures[code]
