"""What every action asks of what it is given, and the words in which it refuses."""

from collections.abc import Collection, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, NoReturn

from pipelines.record.actions.checking import NOTHING
from pipelines.record.actions.entry import Change, Entry
from pipelines.record.actions.failures import ActionError

# Clocks of two machines differ a little.
AHEAD = timedelta(minutes=2)


def refuse(why: str) -> NoReturn:
    """Refuse an action in words.

    Raises:
        ActionError: always.
    """
    message = f"{NOTHING}{why}"
    raise ActionError(message)


def now() -> datetime:
    """Return the present instant."""
    return datetime.now(UTC)


def filled(text: str | None, what: str) -> str:
    """Return a text that must not be empty."""
    if text is None or not text.strip():
        refuse(f"{what} is missing")
    return text.strip()


def one_of(code: str | None, codes: Collection[str], what: str) -> str:
    """Return a code that must be one of a few."""
    if code not in codes:
        refuse(f"{what} is none of {', '.join(codes)}")
    return code


def past(at: datetime, what: str) -> datetime:
    """Return an instant that must have been."""
    if at > now() + AHEAD:
        refuse(f"{what} is still to come")
    return at


def standing(entry: Entry, feed: str) -> Entry:
    """Return an entry that must be one of a feed, and not made in error."""
    if entry.feed != feed:
        refuse(f"this is no entry of {feed}")
    if entry.is_entered_in_error:
        refuse("this entry was made in error; write a new one")
    return entry


def correction(
    action: str, entry: Entry, values: Mapping[str, Any], reason: str
) -> Change:
    """Return the change of an entry as it was seen; it must change something."""
    standing(entry, entry.feed)
    if all(entry.values.get(name) == value for name, value in values.items()):
        refuse("nothing would change")
    return Change(action, entry.patient_key, values, entry, reason)


def without_nothing(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is filled in: the suite judges columns that are written."""
    return {name: value for name, value in values.items() if value is not None}
