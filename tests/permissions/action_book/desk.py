"""Appointments, contacts, consents, corrections, registrations, insurances."""

import secrets
from datetime import UTC, date, datetime
from itertools import count
from typing import Any

from pipelines.access.people import Person, PersonRole
from pipelines.record.actions import keeping_contacts, naming_contacts
from pipelines.record.actions.answering_corrections import answer_correction
from pipelines.record.actions.asking import ask_for_appointment, ask_for_correction
from pipelines.record.actions.booking import book_appointment
from pipelines.record.actions.consenting import decide
from pipelines.record.actions.entry import Entry
from pipelines.record.actions.following_up import book_follow_up, cancel_appointment
from pipelines.record.actions.insuring import add_coverage, change_coverage
from pipelines.record.actions.linking import merge_patients
from pipelines.record.actions.naming_contacts import Contact
from pipelines.record.actions.reading_entries import entries
from pipelines.record.actions.registering import change_demographics, register_patient
from pipelines.record.actions.requirements import correction
from pipelines.record.actions.saving import save
from pipelines.record.actions.taking_consents import take_consent, withdraw_consent
from pipelines.record.actions.withdrawing import withdraw_request
from tests.clock import ago, ahead
from tests.permissions.action_book.deed import Deed
from tests.permissions.hospital import Hospital

WHY = "The patient told it at the desk"
HOURS = count(24)
CONTACT = {
    "contact_name": "Mora Ellwood",
    "relationship_code": "friend",
    "contact_role_code": "emergency",
    "phone": "+1 555 0100",
}
BOOKED = {
    "appointment_type_name": "Follow-up",
    "status_code": "booked",
}
SECOND = 2
OTHER = {"permit": "deny", "deny": "permit", None: "permit"}
LETTERS = "abcdefghijklmnopqrstuvwxyz"


def _appointment(hospital: Hospital, person: Person, patient: int, _: object) -> object:
    """Ask for one, book one at the desk, or book one with oneself, by role."""
    when = {"starts_at": ahead(hours=next(HOURS)), "minutes": 20, "kind": "Follow-up"}
    if person.role is PersonRole.PATIENT:
        return ask_for_appointment(
            hospital.settings, person, specialty="Cardiology", reason="A check"
        )
    if person.role is PersonRole.DOCTOR:
        return book_follow_up(hospital.settings, person, patient, **when)
    return book_appointment(
        hospital.settings,
        person,
        patient,
        practitioner_id="D0001",
        specialty=None,
        **when,
    )


def _booked(hospital: Hospital, _: Person, patient: int) -> Entry:
    starts_at = ahead(hours=next(HOURS))
    values = BOOKED | {"requested_at": ago(days=1), "starts_at": starts_at}
    return hospital.write(PersonRole.REGISTRAR, "request appointment", patient, values)


def _cancel(hospital: Hospital, person: Person, _: int, seen: Entry) -> object:
    return cancel_appointment(hospital.settings, person, seen, reason=WHY)


def _add_contact(hospital: Hospital, person: Person, patient: int, _: object) -> object:
    if person.role is PersonRole.PATIENT:
        return naming_contacts.add_contact(
            hospital.settings, person, patient, contact=Contact(**CONTACT)
        )
    return keeping_contacts.add_contact(
        hospital.settings, person, patient, values=CONTACT
    )


def _contact(hospital: Hospital, _: Person, patient: int) -> Entry:
    values = CONTACT | {"started_at": ago(days=1)}
    return hospital.write(PersonRole.REGISTRAR, "add contact", patient, values)


def _change_contact(hospital: Hospital, person: Person, _: int, seen: Entry) -> object:
    values = CONTACT | {"phone": "+1 555 0101"}
    if person.role is PersonRole.PATIENT:
        return naming_contacts.change_contact(
            hospital.settings, person, seen, contact=Contact(**values), reason=WHY
        )
    return keeping_contacts.change_contact(
        hospital.settings, person, seen, values=values, reason=WHY
    )


def _decide(hospital: Hospital, person: Person, patient: int, _: object) -> object:
    """Decide otherwise than what holds: for the account's record, or at the desk."""
    if person.role is PersonRole.PATIENT:
        now = hospital.decision_in_force(hospital.entrusted, "ask_first")
        return decide(hospital.settings, person, scope="ask_first", decision=OTHER[now])
    recipient = f"Practice {secrets.token_hex(4)}"
    return take_consent(
        hospital.settings,
        person,
        patient,
        scope="sharing",
        decision="permit",
        recipient=recipient,
    )


def _consent(hospital: Hospital, _: Person, patient: int) -> Entry:
    values = {
        "scope_code": "sharing",
        "decision_code": "permit",
        "recipient_name": f"Practice {secrets.token_hex(4)}",
        "recorded_by_name": "Registrar",
        "started_at": ago(days=1),
    }
    return hospital.write(PersonRole.REGISTRAR, "decide consent", patient, values)


def _withdraw(hospital: Hospital, person: Person, _: int, seen: Entry) -> object:
    return withdraw_consent(hospital.settings, person, seen, reason=WHY)


def _ask(hospital: Hospital, person: Person, _: int, __: object) -> object:
    return ask_for_correction(
        hospital.settings, person, subject="conditions", wish="I never had this"
    )


def _asked(hospital: Hospital, _: Person, patient: int) -> Entry:
    values = {
        "subject_code": "conditions",
        "request_text": "I never had this",
        "status_code": "requested",
        "requested_at": ago(days=1),
    }
    return hospital.write(PersonRole.PATIENT, "ask for correction", patient, values)


def _answer(hospital: Hospital, person: Person, _: int, seen: Entry) -> object:
    return answer_correction(
        hospital.settings,
        person,
        seen,
        is_accepted=False,
        answer="It stands in a letter",
    )


def _take_back(hospital: Hospital, person: Person, _: int, seen: Entry) -> object:
    return withdraw_request(hospital.settings, person, seen)


def somebody() -> dict[str, Any]:
    """Return a person whom nobody has registered."""
    name = "".join(secrets.choice(LETTERS) for _ in range(14))
    return {
        "family_name": name.capitalize(),
        "given_name": name[::-1].capitalize(),
        "birth_date": date(1930 + secrets.randbelow(80), 1 + secrets.randbelow(12), 7),
        "sex_code": "F",
    }


def _register(hospital: Hospital, person: Person, _: int, __: object) -> object:
    return register_patient(hospital.settings, person, values=somebody())


def _registration(hospital: Hospital, _: Person, patient: int) -> Entry:
    """Return a patient's entry at the desk, begun or filled in."""
    registrar = hospital.people[PersonRole.REGISTRAR]
    found = entries(hospital.settings, registrar, "patients", [patient])
    if found:
        change = correction("change demographics", found[-1], somebody(), WHY)
        (version,) = save(hospital.settings, registrar, [change])
        return hospital.entry(registrar, "patients", patient, version)
    return hospital.write(PersonRole.REGISTRAR, "register patient", patient, somebody())


def _move(hospital: Hospital, person: Person, _: int, seen: Entry) -> object:
    phone = f"+1 555 {secrets.randbelow(10**7):07d}"
    return change_demographics(
        hospital.settings, person, seen, values={"phone": phone}, reason=WHY
    )


def _insurance() -> dict[str, Any]:
    return {
        "payer_name": "Example Health Plan",
        "plan_type_code": "commercial",
        "member_number": secrets.token_hex(5),
        "priority_number": 1,
        "started_at": datetime(1990, 1, 1, tzinfo=UTC),
    }


def _insure(hospital: Hospital, person: Person, patient: int, _: object) -> object:
    values = _insurance() | {"priority_number": 3, "started_at": ahead(days=3650)}
    return add_coverage(hospital.settings, person, patient, values=values)


def coverage(hospital: Hospital, _: Person, patient: int) -> Entry:
    """Return an insurance that holds since long ago, and has ended at its rank."""
    values = _insurance() | {"status_code": "active"}
    return hospital.write(PersonRole.REGISTRAR, "add coverage", patient, values)


def _ranked(hospital: Hospital, _: Person, patient: int) -> Entry:
    """Return the only insurance of a rank, begun when there is none."""
    registrar = hospital.people[PersonRole.REGISTRAR]
    for each in entries(hospital.settings, registrar, "coverages", [patient]):
        if each.values["priority_number"] == SECOND:
            return each
    values = _insurance() | {"priority_number": SECOND, "status_code": "active"}
    return hospital.write(PersonRole.REGISTRAR, "add coverage", patient, values)


def _change_coverage(hospital: Hospital, person: Person, _: int, seen: Entry) -> object:
    values = {"group_number": secrets.token_hex(4)}
    return change_coverage(hospital.settings, person, seen, values=values, reason=WHY)


def _double(hospital: Hospital, _: Person, __: int) -> int:
    """Return a second registration of somebody."""
    registrar = hospital.people[PersonRole.REGISTRAR]
    return register_patient(hospital.settings, registrar, values=somebody())


def _merge(hospital: Hospital, person: Person, patient: int, double: int) -> object:
    return merge_patients(
        hospital.settings,
        person,
        patient_key=double,
        surviving_patient_key=patient,
        reason=WHY,
    )


DEEDS = {
    "request appointment": Deed(_appointment),
    "change appointment": Deed(_cancel, _booked),
    "add contact": Deed(_add_contact),
    "change contact": Deed(_change_contact, _contact),
    "decide consent": Deed(_decide),
    "withdraw consent": Deed(_withdraw, _consent),
    "ask for correction": Deed(_ask),
    "answer correction request": Deed(_answer, _asked),
    "withdraw correction request": Deed(_take_back, _asked),
    "register patient": Deed(_register),
    "change demographics": Deed(_move, _registration),
    "add coverage": Deed(_insure),
    "change coverage": Deed(_change_coverage, _ranked),
    "link patients": Deed(_merge, _double),
}
