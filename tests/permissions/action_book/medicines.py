"""Prescriptions, what patients ask for about them, doses, and the list signed."""

from decimal import Decimal

from pipelines.access.people import Person, PersonRole
from pipelines.record.actions.answering_requests import deny
from pipelines.record.actions.asking import ask_for_refill
from pipelines.record.actions.correcting import correct
from pipelines.record.actions.dosage import Dosage
from pipelines.record.actions.entry import Change, Entry
from pipelines.record.actions.giving import Dose, record_dose
from pipelines.record.actions.prescribing import Medicine, prescribe, stop
from pipelines.record.actions.requirements import correction
from pipelines.record.actions.saving import save
from pipelines.record.actions.withdrawing import withdraw_request
from tests.clock import ago
from tests.permissions.action_book.deed import Deed
from tests.permissions.hospital import Hospital

METFORMIN = Medicine("metformin hydrochloride 500 MG Oral Tablet", "861007", "RxNorm")
TWICE = Dosage("500", "mg", "twice daily", Decimal(2), Decimal(60), 30, 3, "oral")
WHY = "Written for the wrong day"


def _prescribe(hospital: Hospital, person: Person, patient: int, _: object) -> object:
    return prescribe(
        hospital.settings,
        person,
        patient,
        medicine=METFORMIN,
        dosage=TWICE,
        started_at=ago(hours=1),
    )


def prescription(hospital: Hospital, _: Person, patient: int) -> Entry:
    """Return a prescription by the doctor, begun an hour ago."""
    doctor = hospital.person(PersonRole.DOCTOR, patient)
    (version,) = _prescribe(hospital, doctor, patient, None)
    return hospital.entry(doctor, "prescriptions", patient, version)


def _stop(hospital: Hospital, person: Person, _: int, seen: Entry) -> object:
    return stop(hospital.settings, person, seen, why="not_effective", reason=WHY)


def _request(prescribed: Entry) -> Change:
    values = {
        "request_type_code": "refill",
        "prescription_id": prescribed.record_id,
        "drug_name": prescribed.values["drug_name"],
        "requester_code": "patient",
        "status_code": "requested",
        "requested_at": ago(minutes=5),
    }
    return Change("request medication change", prescribed.patient_key, values)


def _asked(hospital: Hospital, author: Person, patient: int) -> Entry:
    """Return what the doctor wrote down as asked for."""
    change = _request(prescription(hospital, author, patient))
    return hospital.write(PersonRole.DOCTOR, change.action, patient, change.values)


def _answer(hospital: Hospital, person: Person, _: int, seen: Entry) -> object:
    return deny(hospital.settings, person, seen, answer="Come and see us first")


def _ask(hospital: Hospital, person: Person, _: int, prescribed: Entry) -> object:
    if person.role is PersonRole.PATIENT:
        return ask_for_refill(hospital.settings, person, prescribed)
    return save(hospital.settings, person, [_request(prescribed)])


def _wish(hospital: Hospital, author: Person, patient: int) -> Entry:
    """Return what the patient asked for."""
    change = _request(prescription(hospital, author, patient))
    return hospital.write(PersonRole.PATIENT, change.action, patient, change.values)


def _take_back(hospital: Hospital, person: Person, _: int, seen: Entry) -> object:
    return withdraw_request(hospital.settings, person, seen)


def _give(hospital: Hospital, person: Person, _: int, prescribed: Entry) -> object:
    # Others of the same medicine were given a moment ago.
    dose = Dose("given", ago(minutes=1), "500", is_second_confirmed=True)
    return record_dose(hospital.settings, person, prescribed, dose)


def _given(hospital: Hospital, author: Person, patient: int) -> Entry:
    """Return a dose that the nurse gave."""
    nurse = hospital.person(PersonRole.NURSE, patient)
    prescribed = prescription(hospital, author, patient)
    # She reads it as what she gives it by, not as the doctor's own entry.
    seen = hospital.entry(nurse, "prescriptions", patient, prescribed.version_id)
    (version,) = _give(hospital, nurse, patient, seen)
    return hospital.entry(nurse, "administrations", patient, version)


def _correct_dose(hospital: Hospital, person: Person, _: int, seen: Entry) -> object:
    values = {"dose_text": "250"}
    return correct(hospital.settings, person, seen, values=values, reason=WHY)


def _decision(patient: int) -> Change:
    """Return a decision about one line: of the whole list there is one per patient."""
    values = {
        "line_code": "medicine",
        "medicine_name": "metformin",
        "decision_code": "continue",
        "status_code": "signed",
        "decided_at": ago(minutes=5),
    }
    return Change("reconcile medicines", patient, values)


def _decide(hospital: Hospital, person: Person, patient: int, _: object) -> object:
    return save(hospital.settings, person, [_decision(patient)])


def _decided(hospital: Hospital, _: Person, patient: int) -> Entry:
    """Return a decision that the doctor signed."""
    change = _decision(patient)
    return hospital.write(PersonRole.DOCTOR, change.action, patient, change.values)


def _withdraw(hospital: Hospital, person: Person, _: int, seen: Entry) -> object:
    withdrawn = {"status_code": "withdrawn"}
    change = correction("change reconciliation", seen, withdrawn, WHY)
    return save(hospital.settings, person, [change])


DEEDS = {
    "reconcile medicines": Deed(_decide),
    "change reconciliation": Deed(_withdraw, _decided),
    "prescribe": Deed(_prescribe),
    "change prescription": Deed(_stop, prescription),
    "answer medication request": Deed(_answer, _asked),
    "request medication change": Deed(_ask, prescription),
    "withdraw medication request": Deed(_take_back, _wish),
    "administer medicine": Deed(_give, prescription),
    "correct administration": Deed(_correct_dose, _given),
}
