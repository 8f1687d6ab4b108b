"""What patients ask for: a refill, an appointment, a correction of their record."""

from collections.abc import Sequence
from uuid import UUID

from pipelines.access.people import Person
from pipelines.record.actions import answering_corrections, answering_requests
from pipelines.record.actions.catalogue import row
from pipelines.record.actions.entry import Change, Entry
from pipelines.record.actions.following_up import TO_COME
from pipelines.record.actions.permissions import require
from pipelines.record.actions.prescribing import require_current
from pipelines.record.actions.reading_entries import entries
from pipelines.record.actions.requirements import (
    filled,
    now,
    one_of,
    refuse,
    without_nothing,
)
from pipelines.record.actions.saving import save
from pipelines.settings import Settings

LONGEST_WISH = 2000
MOST_OPEN = 10
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
# What a correction may be asked for, by feed, in the words of a patient.
SUBJECTS = {
    "patients": "My name, birth date or address",
    "conditions": "A diagnosis",
    "allergies": "An allergy",
    "prescriptions": "A medicine",
    "lab_results": "A laboratory result",
    "care_plans": "A treatment plan",
    "encounters": "A visit or a stay",
    "procedures": "An operation or procedure",
    "immunizations": "A vaccination",
    "notes": "A note about me",
    "coverages": "My insurance",
}


def ask_for_refill(
    settings: Settings, person: Person, prescription: Entry, *, wish: str = ""
) -> list[UUID]:
    """Ask that a medicine may be dispensed again.

    Raises:
        ActionError: nothing was saved; the message says why.
    """
    require(settings, person, "request medication change", [prescription.patient_key])
    require_current(prescription)
    key = own_key(person)
    if any(
        answering_requests.is_open(each)
        and each.values["prescription_id"] in (prescription.record_id, prescription.key)
        for each in entries(settings, person, answering_requests.FEED, [key])
    ):
        refuse("you asked for this medicine already, and it waits for its answer")
    copied = ("drug_code", "code_system", "drug_name")
    values = {
        **{name: prescription.values[name] for name in copied},
        "request_type_code": "refill",
        "prescription_id": prescription.record_id,
        "requester_code": "patient",
        "request_text": short(wish),
        "status_code": answering_requests.OPEN,
        "requested_at": now(),
    }
    change = Change(
        "request medication change", prescription.patient_key, without_nothing(values)
    )
    return save(settings, person, [change])


def ask_for_appointment(
    settings: Settings,
    person: Person,
    *,
    specialty: str,
    reason: str,
    preferred_days: Sequence[str] = (),
) -> list[UUID]:
    """Ask for an appointment; the office gives it a time.

    Raises:
        ActionError: nothing was saved; the message says why.
    """
    require(settings, person, "request appointment")
    if row("specialties", "specialty_name", specialty) is None:
        refuse("this specialty is not in the catalogue")
    days_words(preferred_days)
    key = own_key(person)
    waiting = [
        each
        for each in entries(settings, person, "appointments", [key])
        if each.values["status_code"] == "requested" and not each.is_entered_in_error
    ]
    if len(waiting) >= MOST_OPEN:
        refuse("you have asked for many appointments already; call the office")
    wish = filled(short(reason), "the reason")
    values = {
        "status_code": "requested",
        "specialty_name": specialty,
        "reason_text": f"{wish}{days_words(preferred_days)}",
        "requested_at": now(),
    }
    return save(settings, person, [Change("request appointment", key, values)])


def ask_for_correction(
    settings: Settings,
    person: Person,
    *,
    subject: str,
    wish: str,
    entry: Entry | None = None,
) -> list[UUID]:
    """Ask that something in the own record be corrected; it is answered in writing.

    Raises:
        ActionError: nothing was saved; the message says why.
    """
    require(settings, person, "ask for correction")
    one_of(subject, SUBJECTS, "what it is about")
    if entry is not None and entry.feed != subject:
        refuse("the entry is of another kind")
    key = own_key(person)
    asked = entries(settings, person, answering_corrections.FEED, [key])
    if sum(map(answering_corrections.is_open, asked)) >= MOST_OPEN:
        refuse("many of your requests wait for an answer already; call the office")
    values = {
        "subject_code": subject,
        "subject_id": entry.key if entry else None,
        "request_text": filled(short(wish), "what is wrong"),
        "status_code": "requested",
        "requested_at": now(),
    }
    patient_key = entry.patient_key if entry else key
    change = Change("ask for correction", patient_key, without_nothing(values))
    return save(settings, person, [change])


def days_words(preferred_days: Sequence[str]) -> str:
    """Return the days that suit somebody, as a line to add; empty where all do."""
    for each in preferred_days:
        one_of(each, DAYS, "the day")
    days = ", ".join(day for day in DAYS if day in preferred_days)
    return f"\nPreferred days: {days}" if days else ""


def own_key(person: Person) -> int:
    """Return the key of the record that is a patient's own.

    Raises:
        ActionError: the account belongs to no record.
    """
    if person.patient_key is None:
        refuse("your account belongs to no record; call the office")
    return person.patient_key


def short(text: str | None) -> str | None:
    """Return a text that somebody has to read, or nothing."""
    written = (text or "").strip()
    if len(written) > LONGEST_WISH:
        refuse(f"the text has at most {LONGEST_WISH} characters")
    return written or None


def is_to_come(appointment: Entry) -> bool:
    """Return whether an appointment is asked for, or booked and not over."""
    starts_at = appointment.values["starts_at"]
    return (
        appointment.values["status_code"] in TO_COME
        and not appointment.is_entered_in_error
        and (starts_at is None or starts_at > now())
    )
