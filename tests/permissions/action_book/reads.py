"""Reading: each feed by the way of the pages, with one entry there to be seen."""

from uuid import uuid4

from psycopg import sql

from pipelines.access.people import Person, PersonRole
from pipelines.database.connections import connect
from pipelines.database.databases import RECORD
from pipelines.database.roles import Role
from pipelines.feeds.catalogue import FEEDS
from pipelines.record.actions.acknowledging import (
    SeenResult,
    acknowledge,
    pending_acknowledgements,
)
from pipelines.record.actions.reading_entries import entries
from pipelines.record.permissions import READ, permissions
from pipelines.record.tables import table_of
from tests.clock import ago
from tests.permissions.action_book.deed import Deed, NothingShownError
from tests.permissions.hospital import Hospital

ACKNOWLEDGEMENTS = "acknowledgements"
REGISTERED = """
    select version_id, record_id from people.patients
    where patient_key = %s order by changed_at desc limit 1
"""
A_RESULT = """
    select patient_key, lab_result_key, reading_hash from marts.fct_lab_results
    where patient_key = %s order by lab_result_key limit 1
"""


def planted(hospital: Hospital, feed: str, patient: int, author: Person) -> str:
    """Put the least that an entry says into the record, as if the author wrote it.

    Returns:
        The id of the entry.
    """
    contract, version = FEEDS[feed], uuid4()
    row: dict[str, object] = {
        "version_id": version,
        "record_id": str(version),
        "changed_by_user_id": author.user_id,
        "changed_by_name": author.display_name,
    }
    with connect(hospital.settings, Role.OWNER, RECORD) as owner:
        if contract.has_patient:
            row["patient_key"] = patient
        if feed == "patients":  # a patient is registered once
            newest = owner.execute(REGISTERED, (patient,)).fetchone()
            row |= {"supersedes": newest[0], "record_id": newest[1]} if newest else {}
        if feed == "patient_links":  # they are ordered by their time
            row |= {
                "link_type_code": "unmerge",
                "surviving_patient_id": patient,
                "linked_at": ago(days=1),
            }
        names = list(map(sql.Identifier, row))
        statement = sql.SQL("insert into {} ({}) values ({})").format(
            table_of(contract),
            sql.SQL(", ").join(names),
            sql.SQL(", ").join(map(sql.Placeholder, row)),
        )
        owner.execute(statement, row)
    return str(row["record_id"])


def _of_feed(feed: str) -> Deed:
    """Return the deed of reading a feed: what is there must be shown."""

    def prepare(hospital: Hospital, author: Person, patient: int) -> str:
        return planted(hospital, feed, patient, author)

    def do(hospital: Hospital, person: Person, patient: int, there: str) -> object:
        found = entries(hospital.settings, person, feed, [patient])
        if there not in {each.record_id for each in found}:
            raise NothingShownError
        return found

    return Deed(do, prepare)


def _acknowledged(hospital: Hospital, _: Person, patient: int) -> str:
    """Return a result that the doctor has acknowledged."""
    with connect(hospital.settings, Role.BUILDER) as builder:
        seen = SeenResult(*builder.execute(A_RESULT, (patient,)).fetchone())
    acknowledge(hospital.settings, hospital.people[PersonRole.DOCTOR], [seen])
    return seen.lab_result_key


def _read_acknowledgements(
    hospital: Hospital, person: Person, _: int, there: str
) -> object:
    found = pending_acknowledgements(hospital.settings, person, [there])
    if not found:
        raise NothingShownError
    return found


DEEDS = {
    permission.action: _of_feed(permission.feed)
    for permission in permissions().values()
    if permission.verb == READ and permission.feed != ACKNOWLEDGEMENTS
} | {"see acknowledgements": Deed(_read_acknowledgements, _acknowledged)}
