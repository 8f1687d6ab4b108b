"""Appointments at the desk: booked with anybody, arrived, missed.

Moving and cancelling are the same for everybody (``following_up``).
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from pipelines.access.people import Person
from pipelines.record.actions.entry import Change, Entry
from pipelines.record.actions.following_up import (
    FEED,
    is_wanted_at_another_time,
    times_of,
)
from pipelines.record.actions.permissions import require
from pipelines.record.actions.reading_entries import entries
from pipelines.record.actions.requirements import (
    correction,
    filled,
    now,
    refuse,
    standing,
    without_nothing,
)
from pipelines.record.actions.saving import save
from pipelines.settings import Settings

BOOKED, ARRIVED, MISSED = "booked", "arrived", "noshow"


def book_appointment(  # noqa: PLR0913 - what an appointment consists of
    settings: Settings,
    person: Person,
    patient_key: int,
    *,
    practitioner_id: str,
    specialty: str | None,
    starts_at: datetime,
    minutes: int,
    kind: str,
    reason: str = "",
) -> list[UUID]:
    """Book an appointment with a member of staff.

    Raises:
        ActionError: nothing was saved; the message says why.
    """
    require(settings, person, "request appointment", [patient_key])
    values = {
        "appointment_type_name": filled(kind, "the kind"),
        "status_code": BOOKED,
        "practitioner_id": filled(practitioner_id, "with whom"),
        "specialty_name": specialty,
        "reason_text": reason.strip() or None,
        "requested_at": now(),
        **times_of(starts_at, minutes),
    }
    _require_free(settings, person, patient_key, values)
    change = Change("request appointment", patient_key, without_nothing(values))
    return save(settings, person, [change])


def mark_arrived(settings: Settings, person: Person, seen: Entry) -> list[UUID]:
    """Say that a patient has come to a booked appointment.

    Raises:
        ActionError: nothing was saved; the message says why.
    """
    _require_booked(seen)
    return _set(settings, person, seen, ARRIVED, "The patient has come")


def mark_missed(settings: Settings, person: Person, seen: Entry) -> list[UUID]:
    """Say that a patient has not come to a booked appointment that is over.

    Raises:
        ActionError: nothing was saved; the message says why.
    """
    _require_booked(seen)
    ends = seen.values["ends_at"] or seen.values["starts_at"]
    if ends is None or ends > now():
        refuse("this appointment is not over yet")
    return _set(settings, person, seen, MISSED, "The patient did not come")


def is_booked(entry: Entry) -> bool:
    """Return whether an appointment has its time, and is neither kept nor missed."""
    if is_wanted_at_another_time(entry):
        return True
    return entry.values["status_code"] == BOOKED and not entry.is_entered_in_error


def _require_booked(seen: Entry) -> None:
    standing(seen, FEED)
    if not is_booked(seen):
        refuse("only a booked appointment is kept or missed")


def _set(
    settings: Settings, person: Person, seen: Entry, status: str, reason: str
) -> list[UUID]:
    change = correction("change appointment", seen, {"status_code": status}, reason)
    return save(settings, person, [change])


def _require_free(
    settings: Settings, person: Person, patient_key: int, values: dict[str, Any]
) -> None:
    """Refuse a time at which the patient is somewhere else."""
    for other in entries(settings, person, FEED, [patient_key]):
        starts, ends = other.values["starts_at"], other.values["ends_at"]
        if not is_booked(other) or starts is None:
            continue
        if starts < values["ends_at"] and values["starts_at"] < (ends or starts):
            refuse("the patient has another appointment at this time")
