"""What patients take back, or want at another time, before anybody has answered.

An appointment goes from booked to requested when its patient asks for another time,
and keeps its time until the office has answered: a wish that nobody reads loses
nothing. The office answers by booking a time, the same or another one.
"""

from collections.abc import Sequence
from uuid import UUID

from pipelines.access.people import Person
from pipelines.record.actions import answering_corrections, answering_requests
from pipelines.record.actions.asking import days_words, own_key, short
from pipelines.record.actions.entry import Entry
from pipelines.record.actions.following_up import FEED as APPOINTMENTS
from pipelines.record.actions.following_up import is_wanted_at_another_time
from pipelines.record.actions.permissions import require
from pipelines.record.actions.requirements import correction, filled, now, refuse
from pipelines.record.actions.saving import save
from pipelines.settings import Settings

BOOKED, REQUESTED = "booked", "requested"
TAKEN_BACK = "Taken back by the patient"
NOT_WITHDRAWN = "this has been answered already, or is not yours; call the office"
NOT_MOVED = "only an appointment that is booked and to come is moved"
ACTIONS = {
    answering_requests.FEED: "withdraw medication request",
    answering_corrections.FEED: "withdraw correction request",
    APPOINTMENTS: "change appointment",
}


def is_withdrawable(person: Person, entry: Entry) -> bool:
    """Return whether a patient may take something back: asked for, and not answered."""
    is_asked = entry.feed in ACTIONS and entry.values["status_code"] == REQUESTED
    is_own = entry.feed == APPOINTMENTS or entry.changed_by_user_id == person.user_id
    return is_asked and is_own and not entry.is_entered_in_error


def withdraw_request(settings: Settings, person: Person, seen: Entry) -> list[UUID]:
    """Take back what was asked for and nobody has answered.

    Who wanted another time keeps the time that was booked.

    Raises:
        ActionError: nothing was saved; the message says why.
    """
    if seen.feed not in ACTIONS:
        refuse(NOT_WITHDRAWN)
    action = ACTIONS[seen.feed]
    require(settings, person, action, [seen.patient_key])
    own_key(person)
    if not is_withdrawable(person, seen):
        refuse(NOT_WITHDRAWN)
    change = correction(
        action, seen, {"status_code": _status_without(seen)}, TAKEN_BACK
    )
    return save(settings, person, [change])


def is_movable(entry: Entry) -> bool:
    """Return whether a patient may ask for another time: booked, and to come."""
    starts_at = entry.values.get("starts_at")
    return (
        entry.feed == APPOINTMENTS
        and entry.values["status_code"] == BOOKED
        and not entry.is_entered_in_error
        and starts_at is not None
        and starts_at > now()
    )


def ask_for_another_time(
    settings: Settings,
    person: Person,
    seen: Entry,
    *,
    reason: str,
    preferred_days: Sequence[str] = (),
) -> list[UUID]:
    """Ask that a booked appointment be at another time.

    Raises:
        ActionError: nothing was saved; the message says why.
    """
    require(settings, person, "change appointment", [seen.patient_key])
    own_key(person)
    if not is_movable(seen):
        refuse(NOT_MOVED)
    wish = filled(short(reason), "the reason")
    told = f"Another time is wanted: {wish}{days_words(preferred_days)}"
    before = seen.values["reason_text"]
    values = {
        "status_code": REQUESTED,
        "requested_at": now(),
        "reason_text": f"{before}\n{told}" if before else told,
    }
    why = "The patient wants another time"
    return save(settings, person, [correction("change appointment", seen, values, why)])


def _status_without(seen: Entry) -> str:
    """Return what becomes of an entry without the wish."""
    if seen.feed != APPOINTMENTS:
        return "withdrawn"
    is_still_possible = is_wanted_at_another_time(seen) and (
        seen.values["starts_at"] > now()
    )
    return BOOKED if is_still_possible else "cancelled"
