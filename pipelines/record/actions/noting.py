"""Notes: of a visit, of progress, of nursing; corrected by their authors alone."""

from uuid import UUID

from pipelines.access.people import Person, PersonRole
from pipelines.record.actions.entry import Change, Entry
from pipelines.record.actions.requirements import (
    correction,
    filled,
    now,
    one_of,
    standing,
    without_nothing,
)
from pipelines.record.actions.saving import save
from pipelines.settings import Settings

TYPES = {
    PersonRole.DOCTOR: ("visit", "progress", "discharge", "other"),
    PersonRole.NURSE: ("nursing", "other"),
}
TITLES = {
    "visit": "Visit note",
    "progress": "Progress note",
    "discharge": "Discharge note",
    "nursing": "Nursing note",
    "medication_review": "Medication review",
    "other": "Note",
}
PROFESSIONS = {PersonRole.DOCTOR: "physician", PersonRole.NURSE: "nurse"}


def write_note(
    settings: Settings,
    person: Person,
    patient_key: int,
    *,
    note_type: str,
    text: str,
    encounter_id: str | None = None,
) -> list[UUID]:
    """Write a signed note.

    Raises:
        ActionError: nothing was saved; the message says why.
    """
    one_of(note_type, TYPES.get(person.role, TYPES[PersonRole.NURSE]), "the kind")
    change = note(person, patient_key, note_type, text, encounter_id)
    return save(settings, person, [change])


def note(
    person: Person,
    patient_key: int,
    note_type: str,
    text: str,
    encounter_id: str | None = None,
) -> Change:
    """Return a new note in a person's name, to be saved alone or with others."""
    values = {
        "encounter_id": encounter_id,
        "note_type_code": note_type,
        "title": TITLES[note_type],
        "note_text": filled(text, "the text"),
        "status_code": "final",
        "practitioner_id": person.practitioner_id,
        "author_name": person.display_name,
        "author_role_name": PROFESSIONS.get(person.role),
        "written_at": now(),
    }
    return Change("write note", patient_key, without_nothing(values))


def correct_note(
    settings: Settings, person: Person, seen: Entry, *, text: str, reason: str
) -> list[UUID]:
    """Put another text in the place of one's own note; the old one stays readable.

    Raises:
        ActionError: nothing was saved; the message says why.
    """
    standing(seen, "notes")
    values = {"note_text": filled(text, "the text")}
    change = correction("correct note", seen, values, reason)
    corrected = Change(
        change.action,
        change.patient_key,
        values | {"status_code": "corrected"},
        seen,
        reason,
    )
    return save(settings, person, [corrected])
