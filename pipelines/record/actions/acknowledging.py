"""Acknowledging results: somebody responsible has seen them, as they read then.

An acknowledgement holds for one reading of a result. A result that is corrected
afterwards reads otherwise, so it comes back: what was acknowledged is not what stands
there now.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import psycopg

from pipelines.access.audit import AuditError
from pipelines.access.people import Person
from pipelines.access.reading import Query, Reader
from pipelines.database.databases import RECORD
from pipelines.record.actions.announcing import UNAUDITED, Announcement, announce
from pipelines.record.actions.failures import ActionError
from pipelines.record.actions.in_record import as_person
from pipelines.record.actions.permissions import require
from pipelines.record.actions.saved_acknowledgements import (
    PendingAcknowledgement,
    acknowledgements_of,
    pending_acknowledgements,
)
from pipelines.record.actions.statements import (
    CURRENT_READINGS,
    INSERT_ACKNOWLEDGEMENT,
)
from pipelines.settings import Settings

__all__ = [
    "PendingAcknowledgement",
    "SeenResult",
    "acknowledge",
    "pending_acknowledgements",
]

SUBJECT = "acknowledgements"
LONGEST_COMMENT = 2000  # characters, as the record holds at most
NOTHING = "nothing was saved: no result was chosen"
TOO_LONG = f"nothing was saved: a comment has at most {LONGEST_COMMENT:,} characters"
NOT_THERE = (
    "nothing was saved: the result is no longer there, or not one that you may see; "
    "load the page again"
)
CORRECTED = (
    "nothing was saved: this result was corrected meanwhile; look at it again and "
    "acknowledge what it says now"
)
NOT_SAVED = "nothing was saved: the record cannot be written just now; try again"
UNCERTAIN = (
    "the connection broke while this was being saved: load the page again to see "
    "whether it was"
)


@dataclass(frozen=True)
class SeenResult:
    """One result as it stood before the person who acknowledges it."""

    patient_key: int
    lab_result_key: str
    reading_hash: str


def acknowledge(
    settings: Settings,
    person: Person,
    seen: Sequence[SeenResult],
    comment: str = "",
) -> list[PendingAcknowledgement]:
    """Save that a person has seen these results: all of them, or none.

    Saying it twice is saying it once, unless the result was acknowledged as it read
    otherwise between. The comment keeps its words; line ends and other control
    characters become spaces.

    Returns:
        The person's acknowledgements of these readings, as the record holds them.

    Raises:
        ActionError: nothing was saved; the message says why.
    """
    asked_for = sorted({each.patient_key for each in seen})
    require(settings, person, "acknowledge", asked_for)
    readings = sorted(set(seen), key=lambda each: each.lab_result_key)
    if not readings:
        raise ActionError(NOTHING)
    comment = _one_line(comment)
    if len(comment) > LONGEST_COMMENT:
        raise ActionError(TOO_LONG)
    _check_current(settings, person, readings)
    patient_keys = sorted({each.patient_key for each in readings})
    announcement = announce(
        settings, person, "acknowledge", SUBJECT, patient_keys, len(readings)
    )
    return _save(settings, person, readings, comment, announcement)


def _check_current(
    settings: Settings, person: Person, readings: Sequence[SeenResult]
) -> None:
    """Refuse results that the person may not see, or that read otherwise by now."""
    patient_keys = sorted({each.patient_key for each in readings})
    keys = [each.lab_result_key for each in readings]
    query = Query(CURRENT_READINGS, {"lab_result_keys": keys})
    try:
        reading = Reader(settings, person).read(
            SUBJECT, {"current": query}, patient_keys
        )
    except AuditError:
        raise ActionError(UNAUDITED) from None
    current = {
        (int(row.patient_key), row.lab_result_key): row.reading_hash
        for row in reading.frames["current"].itertuples()
    }
    if any(_result_of(each) not in current for each in readings):
        raise ActionError(NOT_THERE)
    if any(current[_result_of(each)] != each.reading_hash for each in readings):
        raise ActionError(CORRECTED)


def _save(
    settings: Settings,
    person: Person,
    readings: Sequence[SeenResult],
    comment: str,
    announcement: Announcement,
) -> list[PendingAcknowledgement]:
    rows = [
        {
            "patient_key": each.patient_key,
            "lab_result_key": each.lab_result_key,
            "reading_hash": each.reading_hash,
            "user_id": person.user_id,
            "person_name": person.display_name,
            "comment_text": comment,
        }
        for each in readings
    ]
    keys = [each.lab_result_key for each in readings]
    is_complete = False
    try:
        with as_person(settings, person, RECORD) as record:
            with record.cursor() as cursor:
                cursor.executemany(INSERT_ACKNOWLEDGEMENT, rows)
                inserted = cursor.rowcount
            mine = _latest_of(acknowledgements_of(record, keys), person)
            if not mine.keys() >= set(readings):
                raise ActionError(NOT_SAVED)  # noqa: TRY301 - takes all of it back
            is_complete = True
    except ActionError:
        announcement.tell("error")
        raise
    except psycopg.Error:
        if is_complete:  # the commit went out and no answer came
            raise ActionError(UNCERTAIN) from None
        announcement.tell("error")
        raise ActionError(NOT_SAVED) from None
    announcement.tell("ok", inserted)
    return [mine[each] for each in readings]


def _latest_of(
    saved: Sequence[PendingAcknowledgement], person: Person
) -> dict[SeenResult, PendingAcknowledgement]:
    """Return a person's last acknowledgement of each reading; they come by time."""
    return {
        SeenResult(each.patient_key, each.lab_result_key, each.reading_hash): each
        for each in saved
        if each.user_id == person.user_id
    }


def _result_of(each: SeenResult) -> tuple[int, str]:
    return each.patient_key, each.lab_result_key


def _one_line(text: str) -> str:
    """Return a text in one line: a record of a delivery holds no control character."""
    return " ".join(
        "".join(sign if sign.isprintable() else " " for sign in text).split()
    )
