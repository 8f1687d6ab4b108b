"""Patients' requests to correct the record, and their answers."""

from uuid import UUID

from pipelines.access.people import Person
from pipelines.record.actions.entry import Entry
from pipelines.record.actions.requirements import (
    correction,
    filled,
    now,
    refuse,
    standing,
)
from pipelines.record.actions.saving import save
from pipelines.settings import Settings

FEED = "correction_requests"


def answer_correction(
    settings: Settings, person: Person, seen: Entry, *, is_accepted: bool, answer: str
) -> list[UUID]:
    """Accept or deny what a patient asked to be corrected; the patient reads why.

    What is accepted is corrected as such, by whoever may.

    Raises:
        ActionError: nothing was saved; the message says why.
    """
    standing(seen, FEED)
    if not is_open(seen):
        refuse("this request has been answered already")
    values = {
        "status_code": "accepted" if is_accepted else "denied",
        "answer_text": filled(answer, "the answer"),
        "answered_by_name": person.display_name,
        "answered_at": max(now(), seen.values["requested_at"]),
    }
    change = correction("answer correction request", seen, values, "Answered")
    return save(settings, person, [change])


def is_open(entry: Entry) -> bool:
    """Return whether a request waits for its answer."""
    return entry.values["status_code"] == "requested" and not entry.is_entered_in_error
