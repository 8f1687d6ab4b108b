"""Referrals to another service."""

from uuid import UUID

from pipelines.access.people import Person
from pipelines.record.actions.catalogue import row
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

FEED = "referrals"
PRIORITIES = {"routine": "Routine", "urgent": "Urgent"}
OPEN = frozenset({"requested", "accepted", "scheduled"})


def refer(  # noqa: PLR0913 - what a referral consists of
    settings: Settings,
    person: Person,
    patient_key: int,
    *,
    specialty: str,
    priority: str,
    question: str,
    reason_code: str | None = None,
    reason_name: str | None = None,
    encounter_id: str | None = None,
) -> list[UUID]:
    """Send a patient on to another service, with a question.

    Raises:
        ActionError: nothing was saved; the message says why.
    """
    if row("specialties", "specialty_name", specialty) is None:
        refuse("this specialty is not in the catalogue")
    values = {
        "encounter_id": encounter_id,
        "specialty_name": specialty,
        "practitioner_id": person.practitioner_id,
        "priority_code": one_of(priority, PRIORITIES, "the priority"),
        "status_code": "requested",
        "reason_code": reason_code,
        "reason_name": reason_name,
        "question_text": filled(question, "the question"),
        "requested_at": now(),
    }
    return save(
        settings, person, [Change("refer", patient_key, without_nothing(values))]
    )


def cancel_referral(
    settings: Settings, person: Person, seen: Entry, *, why: str
) -> list[UUID]:
    """Take back one's own referral that is not done with.

    Raises:
        ActionError: nothing was saved; the message says why.
    """
    standing(seen, FEED)
    if not is_open(seen):
        refuse("this referral is done with already")
    values = {"status_code": "cancelled", "completed_at": now()}
    return save(settings, person, [correction("change referral", seen, values, why)])


def is_open(entry: Entry) -> bool:
    """Return whether somebody still has to act on a referral."""
    return entry.values["status_code"] in OPEN and not entry.is_entered_in_error
