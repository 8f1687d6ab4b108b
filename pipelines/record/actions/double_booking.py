"""Whether a member of staff is booked at a time already; with whom is not told."""

from datetime import datetime, timedelta

import psycopg

from pipelines.access.people import Person
from pipelines.database.databases import RECORD
from pipelines.record.actions.failures import ActionError
from pipelines.record.actions.in_record import as_person
from pipelines.record.actions.reading_entries import NOT_READ
from pipelines.settings import Settings

BOOKED = "select access.bookings_at(%s, %s, %s, %s)"


def bookings_at(
    settings: Settings,
    person: Person,
    *,
    practitioner_id: str,
    starts_at: datetime,
    minutes: int,
    besides: str | None = None,
) -> int:
    """Return how many appointments somebody has at a time, beside one entry.

    Raises:
        ActionError: it cannot be read now.
    """
    ends_at = starts_at + timedelta(minutes=minutes)
    try:
        with as_person(settings, person, RECORD) as record:
            values = (practitioner_id, starts_at, ends_at, besides)
            row = record.execute(BOOKED, values).fetchone()
    except psycopg.Error:
        raise ActionError(NOT_READ) from None
    return row[0] if row else 0
