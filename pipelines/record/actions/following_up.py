"""Follow-up appointments: booked, moved, cancelled."""

from datetime import datetime, timedelta
from uuid import UUID

from pipelines.access.people import Person
from pipelines.record.actions.entry import Change, Entry
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

FEED = "appointments"
TO_COME = frozenset({"requested", "booked"})
LONGEST_AHEAD = timedelta(days=2 * 366)
MOST_MINUTES = 480


def book_follow_up(  # noqa: PLR0913 - what an appointment consists of
    settings: Settings,
    person: Person,
    patient_key: int,
    *,
    starts_at: datetime,
    minutes: int,
    kind: str,
    reason: str = "",
) -> list[UUID]:
    """Book an appointment with oneself.

    Raises:
        ActionError: nothing was saved; the message says why.
    """
    values = {
        "appointment_type_name": filled(kind, "the kind"),
        "status_code": "booked",
        "practitioner_id": person.practitioner_id,
        "reason_text": reason.strip() or None,
        "requested_at": now(),
        **times_of(starts_at, minutes),
    }
    change = Change("request appointment", patient_key, without_nothing(values))
    return save(settings, person, [change])


def move_appointment(
    settings: Settings,
    person: Person,
    seen: Entry,
    *,
    starts_at: datetime,
    minutes: int,
    reason: str,
) -> list[UUID]:
    """Book an appointment for another time; a request becomes an appointment.

    Raises:
        ActionError: nothing was saved; the message says why.
    """
    _require_to_come(seen)
    values = {"status_code": "booked", **times_of(starts_at, minutes)}
    return save(
        settings, person, [correction("change appointment", seen, values, reason)]
    )


def cancel_appointment(
    settings: Settings, person: Person, seen: Entry, *, reason: str
) -> list[UUID]:
    """Cancel an appointment that is to come.

    Raises:
        ActionError: nothing was saved; the message says why.
    """
    _require_to_come(seen)
    values = {"status_code": "cancelled"}
    return save(
        settings, person, [correction("change appointment", seen, values, reason)]
    )


def is_to_come(entry: Entry) -> bool:
    """Return whether an appointment is asked for or booked, and not made in error."""
    return entry.values["status_code"] in TO_COME and not entry.is_entered_in_error


def is_wanted_at_another_time(entry: Entry) -> bool:
    """Return whether a booked appointment waits for another time; its time stands."""
    return (
        entry.feed == FEED
        and entry.values["status_code"] == "requested"
        and entry.values["starts_at"] is not None
        and not entry.is_entered_in_error
    )


def times_of(starts_at: datetime, minutes: int) -> dict[str, datetime]:
    """Return begin and end of an appointment; it must be possible."""
    if not now() < starts_at <= now() + LONGEST_AHEAD:
        refuse("an appointment begins in the future, within two years")
    if not 1 <= minutes <= MOST_MINUTES:
        refuse(f"an appointment lasts 1 to {MOST_MINUTES} minutes")
    return {"starts_at": starts_at, "ends_at": starts_at + timedelta(minutes=minutes)}


def _require_to_come(seen: Entry) -> None:
    standing(seen, FEED)
    if not is_to_come(seen):
        refuse("this appointment is over or cancelled already")
