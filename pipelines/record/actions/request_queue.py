"""What patients asked for and nobody has answered yet: a doctor's queue, the desk's."""

import psycopg

from pipelines.access.people import Person
from pipelines.database.databases import RECORD
from pipelines.record.actions import answering_corrections, answering_requests
from pipelines.record.actions.entry import Entry
from pipelines.record.actions.failures import ActionError
from pipelines.record.actions.in_record import as_person
from pipelines.record.actions.reading_entries import NOT_READ, entries
from pipelines.record.actions.requirements import refuse
from pipelines.settings import Settings

OWN_PATIENTS = "select access.own_patients()"
WITH_CORRECTIONS = "select access.patients_with_open_corrections()"


def open_requests(settings: Settings, person: Person) -> list[Entry]:
    """Return the open requests of one's own patients, the longest waiting first.

    Raises:
        ActionError: the role may not read them, or they cannot be read now.
    """
    keys = own_patients(settings, person)
    if not keys:
        return []
    waiting = [
        each
        for each in entries(settings, person, answering_requests.FEED, keys)
        if answering_requests.is_open(each)
    ]
    corrections = [
        each
        for each in entries(settings, person, answering_corrections.FEED, keys)
        if answering_corrections.is_open(each)
    ]
    return sorted(
        [*waiting, *corrections], key=lambda each: each.values["requested_at"]
    )


def open_corrections(settings: Settings, person: Person) -> list[Entry]:
    """Return every wish for correction that waits, the longest first; for registrars.

    Raises:
        ActionError: the role may not read them, or they cannot be read now.
    """
    try:
        with as_person(settings, person, RECORD) as record:
            row = record.execute(WITH_CORRECTIONS).fetchone()
    except psycopg.errors.InsufficientPrivilege:
        refuse("your role does not answer wishes for correction")
    except psycopg.Error:
        raise ActionError(NOT_READ) from None
    keys = list(row[0] or []) if row else []
    if not keys:
        return []
    found = entries(settings, person, answering_corrections.FEED, keys)
    waiting = [each for each in found if answering_corrections.is_open(each)]
    return sorted(waiting, key=lambda each: each.values["requested_at"])


def own_patients(settings: Settings, person: Person) -> list[int]:
    """Return the patients whose care team the person is on, or who are assigned.

    Raises:
        ActionError: they cannot be read now.
    """
    try:
        with as_person(settings, person) as warehouse:
            row = warehouse.execute(OWN_PATIENTS).fetchone()
    except psycopg.Error:
        raise ActionError(NOT_READ) from None
    return list(row[0] or []) if row else []
