"""Notes, diagnoses, plans, visits, procedures, measurements, allergies, history."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

from pipelines.access.people import Person, PersonRole
from pipelines.record.actions.correcting import correct
from pipelines.record.actions.diagnosing import record_diagnosis, resolve_diagnosis
from pipelines.record.actions.entry import Change, Entry
from pipelines.record.actions.measuring import (
    Measured,
    record_scores,
    record_vital_signs,
)
from pipelines.record.actions.noting import correct_note, write_note
from pipelines.record.actions.planning import change_goal, plan_treatment
from pipelines.record.actions.requirements import correction
from pipelines.record.actions.saving import save
from pipelines.record.actions.taking_history import (
    record_allergy,
    record_family_history,
    record_social_history,
    refute_allergy,
)
from tests.clock import ago, from_now
from tests.permissions.action_book.deed import Deed
from tests.permissions.hospital import Hospital

WHY = "Found wrong on reading it again"
PULSE = "8867-4"
BRADEN = "38227-5"
TOBACCO = "72166-2"


def visit_values() -> dict[str, Any]:
    """Return a visit of yesterday that is over."""
    return {
        "encounter_class_code": "outpatient",
        "status_code": "finished",
        "started_at": ago(days=1),
        "ended_at": ago(hours=20),
    }


def procedure_values() -> dict[str, Any]:
    """Return a procedure of yesterday."""
    return {
        "procedure_code": "73761001",
        "code_system": "SNOMED-CT",
        "procedure_name": "Colonoscopy",
        "started_at": ago(days=1),
    }


def _note(hospital: Hospital, person: Person, patient: int, _: object) -> object:
    return write_note(
        hospital.settings, person, patient, note_type="other", text="A quiet night."
    )


def _diagnosis(hospital: Hospital, person: Person, patient: int, _: object) -> object:
    return record_diagnosis(
        hospital.settings,
        person,
        patient,
        code="E11.9",
        code_system="ICD-10-CM",
        name="Type 2 diabetes mellitus",
        started_at=ago(days=3),
    )


def _plan(hospital: Hospital, person: Person, patient: int, _: object) -> object:
    return plan_treatment(
        hospital.settings,
        person,
        patient,
        code="698360004",
        code_system="SNOMED-CT",
        name="Diabetes self management plan",
        goal="HbA1c below 7.5 %",
    )


def _pulse(hospital: Hospital, person: Person, patient: int, _: object) -> object:
    measured = Measured(patient, {PULSE: Decimal(71)}, ago(minutes=2))
    return record_vital_signs(hospital.settings, person, [measured])


def _score(hospital: Hospital, person: Person, patient: int, _: object) -> object:
    return record_scores(
        hospital.settings,
        person,
        patient,
        values={BRADEN: 20},
        answered_at=ago(minutes=2),
    )


def _allergy(hospital: Hospital, person: Person, patient: int, _: object) -> object:
    return record_allergy(
        hospital.settings, person, patient, substance="7980", category="drug"
    )


def _family(hospital: Hospital, person: Person, patient: int, _: object) -> object:
    return record_family_history(
        hospital.settings,
        person,
        patient,
        relative="mother",
        code="I10",
        code_system="ICD-10-CM",
        name="Essential hypertension",
        onset_age=50,
    )


def _habit(hospital: Hospital, person: Person, patient: int, _: object) -> object:
    return record_social_history(
        hospital.settings, person, patient, habit=TOBACCO, answer="Never smoker"
    )


def _written(action: str, values: Callable[[], dict[str, Any]]) -> Deed:
    """Return a deed that no page has a form for: what a program of the site saves."""

    def do(hospital: Hospital, person: Person, patient: int, _: object) -> object:
        return save(hospital.settings, person, [Change(action, patient, values())])

    return Deed(do)


def _rewritten(action: str, begun: str, values: Callable[[], dict[str, Any]]) -> Deed:
    """Return the correction of what such a program saved."""

    def prepare(hospital: Hospital, _: Person, patient: int) -> Entry:
        return hospital.write(PersonRole.DOCTOR, begun, patient, values())

    def do(hospital: Hospital, person: Person, _: int, seen: Entry) -> object:
        changed = correction(action, seen, {"reason_name": "Control"}, WHY)
        return save(hospital.settings, person, [changed])

    return Deed(do, prepare)


def own_entry(feed: str, write: Callable[..., Any]) -> Callable[..., Entry]:
    """Return what prepares an entry that the author wrote by a deed of this book."""

    def prepare(hospital: Hospital, author: Person, patient: int) -> Entry:
        (version, *_) = write(hospital, author, patient, None)
        return hospital.entry(author, feed, patient, version)

    return prepare


def corrected(
    feed: str, write: Callable[..., Any], do: Callable[..., Any], **values: Any
) -> Deed:
    """Return the deed of correcting what the author wrote: by ``do``, with values.

    A span among them is an instant, so long from the moment of the deed.
    """

    def corrects(hospital: Hospital, person: Person, _: int, seen: Entry) -> object:
        return do(hospital.settings, person, seen, reason=WHY, **from_now(values))

    return Deed(corrects, own_entry(feed, write))


DEEDS = {
    "write note": Deed(_note),
    "correct note": corrected("notes", _note, correct_note, text="A restless night."),
    "record diagnosis": Deed(_diagnosis),
    "correct diagnosis": corrected(
        "conditions", _diagnosis, resolve_diagnosis, ended_at=timedelta(minutes=-1)
    ),
    "plan treatment": Deed(_plan),
    "change treatment plan": corrected(
        "care_plans", _plan, change_goal, goal="HbA1c below 7 %"
    ),
    "record visit": _written("record visit", visit_values),
    "correct visit": _rewritten("correct visit", "record visit", visit_values),
    "record procedure": _written("record procedure", procedure_values),
    "correct procedure": _rewritten(
        "correct procedure", "record procedure", procedure_values
    ),
    "record vital signs": Deed(_pulse),
    "correct vital signs": corrected(
        "vital_signs", _pulse, correct, values={"value_text": "72"}
    ),
    "record observation": Deed(_score),
    "correct observation": corrected(
        "questionnaire_responses", _score, correct, values={"answer_text": "19"}
    ),
    "record allergy": Deed(_allergy),
    "correct allergy": corrected("allergies", _allergy, refute_allergy),
    "record family history": Deed(_family),
    "correct family history": corrected(
        "family_history", _family, correct, values={"comment_text": "Told by a sister"}
    ),
    "record social history": Deed(_habit),
    "correct social history": corrected(
        "social_history", _habit, correct, values={"value_text": "Former smoker"}
    ),
}
