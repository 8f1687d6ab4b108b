"""Whom to call about a patient: added, changed, ended."""

import re
from dataclasses import asdict, dataclass
from uuid import UUID

from pipelines.access.people import Person
from pipelines.record.actions.entry import Change, Entry
from pipelines.record.actions.requirements import (
    correction,
    filled,
    now,
    one_of,
    refuse,
    standing,
    without_nothing,
)
from pipelines.record.actions.saving import save
from pipelines.settings import Settings

FEED = "contacts"
RELATIONSHIPS = {
    "spouse": "Husband or wife",
    "partner": "Partner",
    "parent": "Parent",
    "child": "Child",
    "sibling": "Brother or sister",
    "guardian": "Guardian",
    "friend": "Friend",
    "other": "Somebody else",
}
PURPOSES = {
    "emergency": "In an emergency",
    "next_of_kin": "Next of kin",
    "guardian": "Decides for me as guardian",
    "other": "For something else",
}
# A guardian decides for somebody: a court says who is one, not the patient alone.
FOR_THE_OFFICE = "guardian"
PHONE = re.compile(r"\+?[0-9 ()/.-]{3,30}")
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
MOST_CONTACTS = 20


@dataclass(frozen=True)
class Contact:
    """Who somebody is to the patient, and how to reach them."""

    contact_name: str
    relationship_code: str
    contact_role_code: str
    phone: str | None = None
    email: str | None = None
    address_line: str | None = None
    city: str | None = None
    postal_code: str | None = None
    priority_number: int | None = None


def add_contact(
    settings: Settings, person: Person, patient_key: int, *, contact: Contact
) -> list[UUID]:
    """Write down whom to call.

    Raises:
        ActionError: nothing was saved; the message says why.
    """
    values = without_nothing(_checked(person, contact, None) | {"started_at": now()})
    return save(settings, person, [Change("add contact", patient_key, values)])


def change_contact(
    settings: Settings, person: Person, seen: Entry, *, contact: Contact, reason: str
) -> list[UUID]:
    """Write down how somebody is reached now; what was before stays in the history.

    Raises:
        ActionError: nothing was saved; the message says why.
    """
    _require_current(seen)
    values = _checked(person, contact, seen)
    return save(settings, person, [correction("change contact", seen, values, reason)])


def end_contact(
    settings: Settings, person: Person, seen: Entry, *, reason: str
) -> list[UUID]:
    """Say that somebody is not to be called any more.

    Raises:
        ActionError: nothing was saved; the message says why.
    """
    _require_current(seen)
    began = seen.values["started_at"]
    values = {"ended_at": max(now(), began) if began else now()}
    return save(settings, person, [correction("change contact", seen, values, reason)])


def is_current(entry: Entry) -> bool:
    """Return whether a contact holds."""
    ended_at = entry.values["ended_at"]
    return not entry.is_entered_in_error and (ended_at is None or ended_at > now())


def _require_current(seen: Entry) -> None:
    standing(seen, FEED)
    if not is_current(seen):
        refuse("this contact has ended already")


def _checked(person: Person, contact: Contact, seen: Entry | None) -> dict[str, object]:
    filled(contact.contact_name, "the name")
    before = seen.values if seen else {}
    if contact.relationship_code != before.get("relationship_code"):
        one_of(contact.relationship_code, RELATIONSHIPS, "the relationship")
    if contact.contact_role_code != before.get("contact_role_code"):
        one_of(contact.contact_role_code, PURPOSES, "the purpose")
        if person.role == "patient" and contact.contact_role_code == FOR_THE_OFFICE:
            refuse("a guardian is entered by the office, with the document")
    if not (contact.phone or contact.email):
        refuse("a telephone number or an e-mail address is missing")
    if contact.phone and not PHONE.fullmatch(contact.phone.strip()):
        refuse("the telephone number has signs that no number has")
    if contact.email and not EMAIL.fullmatch(contact.email.strip()):
        refuse("the e-mail address is none")
    rank = contact.priority_number
    if rank is not None and not 1 <= rank <= MOST_CONTACTS:
        refuse(f"whom to call first is a number from 1 to {MOST_CONTACTS}")
    return asdict(contact)
