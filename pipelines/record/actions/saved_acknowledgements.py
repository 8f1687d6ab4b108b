"""What the record holds about results: on its way to the marts, shown at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import psycopg
from psycopg.rows import class_row

from pipelines.access.people import Person
from pipelines.database.databases import RECORD, WAREHOUSE
from pipelines.record.actions.failures import ActionError
from pipelines.record.actions.in_record import as_person
from pipelines.record.actions.permissions import require
from pipelines.record.actions.statements import (
    ACKNOWLEDGEMENTS_OF,
    CURRENT_READINGS,
)
from pipelines.settings import Settings

NOT_READ = "the record cannot be read just now; try again"


@dataclass(frozen=True)
class PendingAcknowledgement:
    """One acknowledgement in the record, perhaps not yet in the marts."""

    patient_key: int
    lab_result_key: str
    reading_hash: str
    user_id: str
    person_name: str
    acknowledged_at: datetime


def pending_acknowledgements(
    settings: Settings, person: Person, lab_result_keys: Sequence[str]
) -> list[PendingAcknowledgement]:
    """Return what the record holds about results that the person may see, by time.

    Raises:
        ActionError: the person's role may not, or the record cannot be read.
    """
    require(settings, person, "see acknowledgements")
    if not lab_result_keys:
        return []
    try:
        with as_person(settings, person, RECORD) as record:
            saved = acknowledgements_of(record, lab_result_keys)
        visible = _visible(settings, person, saved) if saved else set()
    except psycopg.Error:
        raise ActionError(NOT_READ) from None
    return [
        each for each in saved if (each.patient_key, each.lab_result_key) in visible
    ]


def acknowledgements_of(
    record: psycopg.Connection, lab_result_keys: Sequence[str]
) -> list[PendingAcknowledgement]:
    """Return every acknowledgement of these results, to a connection of a person."""
    with record.cursor(row_factory=class_row(PendingAcknowledgement)) as cursor:
        return cursor.execute(ACKNOWLEDGEMENTS_OF, (list(lab_result_keys),)).fetchall()


def _visible(
    settings: Settings, person: Person, saved: Sequence[PendingAcknowledgement]
) -> set[tuple[int, str]]:
    """Return those results, by patient and key, that row-level security lets through.

    Nothing of them is shown, so this is no read of a patient: the page's own is.
    """
    keys = sorted({each.lab_result_key for each in saved})
    with as_person(settings, person, WAREHOUSE) as warehouse:
        found = warehouse.execute(CURRENT_READINGS, {"lab_result_keys": keys})
        return {(patient_key, key) for patient_key, key, _ in found}
