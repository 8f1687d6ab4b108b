"""Whom to reach about a patient: added, changed, ended."""

from collections.abc import Mapping
from typing import Any
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
    "spouse": "Spouse",
    "partner": "Partner",
    "parent": "Parent",
    "child": "Child",
    "sibling": "Brother or sister",
    "guardian": "Guardian",
    "friend": "Friend",
    "neighbor": "Neighbour",
    "other": "Other",
}
ROLES = {
    "emergency": "Emergency",
    "next_of_kin": "Next of kin",
    "guardian": "Guardian: decides for the patient",
    "other": "Other",
}
COLUMNS: Mapping[str, str] = {
    "contact_name": "Name",
    "relationship_code": "Is to the patient",
    "contact_role_code": "What for",
    "priority_number": "Called as number",
    "phone": "Telephone",
    "email": "E-mail",
    "address_line": "Street and house",
    "city": "Town",
    "postal_code": "Postal code",
}
MOST = 20


def add_contact(
    settings: Settings, person: Person, patient_key: int, *, values: Mapping[str, Any]
) -> list[UUID]:
    """Add whom to reach about a patient, from now on.

    Raises:
        ActionError: nothing was saved; the message says why.
    """
    _check(values)
    content = without_nothing(values) | {"started_at": now()}
    return save(settings, person, [Change("add contact", patient_key, content)])


def change_contact(
    settings: Settings,
    person: Person,
    seen: Entry,
    *,
    values: Mapping[str, Any],
    reason: str,
) -> list[UUID]:
    """Put other words in the place of a contact's.

    Raises:
        ActionError: nothing was saved; the message says why.
    """
    _require_held(seen)
    _check({name: seen.values.get(name) for name in COLUMNS} | dict(values))
    return save(settings, person, [correction("change contact", seen, values, reason)])


def end_contact(
    settings: Settings, person: Person, seen: Entry, *, reason: str
) -> list[UUID]:
    """Let a contact be one no longer; it stays readable.

    Raises:
        ActionError: nothing was saved; the message says why.
    """
    _require_held(seen)
    ended = {"ended_at": now()}
    return save(settings, person, [correction("change contact", seen, ended, reason)])


def is_held(entry: Entry) -> bool:
    """Return whether a contact holds: not ended, not made in error."""
    ended = entry.values["ended_at"]
    return not entry.is_entered_in_error and (ended is None or ended > now())


def _require_held(seen: Entry) -> None:
    standing(seen, FEED)
    if not is_held(seen):
        refuse("this contact has ended already")


def _check(values: Mapping[str, Any]) -> None:
    strangers = values.keys() - COLUMNS.keys()
    if strangers:
        refuse(f"{min(strangers)} is not asked for at the desk")
    filled(values.get("contact_name"), "the name")
    one_of(values.get("relationship_code"), RELATIONSHIPS, "the relationship")
    if values.get("contact_role_code") is not None:
        one_of(values["contact_role_code"], ROLES, "what the contact is for")
    rank = values.get("priority_number")
    if rank is not None and not 1 <= rank <= MOST:
        refuse(f"contacts are called as number 1 to {MOST}")
    if not any(values.get(name) for name in ("phone", "email", "address_line")):
        refuse("a contact needs a telephone number, an e-mail or postal address")
