"""One person per role for a demonstration, attached to the simulated staff."""

from dataclasses import dataclass

import psycopg

from pipelines.access.passwords import new_password
from pipelines.access.people import Person, PersonRole, create_person, find_person

DOCTOR_ID = "D0001"
NURSE_ID = "N0001"
PRACTITIONER_IDS = {PersonRole.DOCTOR: DOCTOR_ID, PersonRole.NURSE: NURSE_ID}

PRACTITIONER_NAME = """
    select practitioner_name
    from raw.practitioners
    where source_system = %s and record_id = %s and not is_closed
    order by version_at desc, adapter_revision desc, content_hash desc
    limit 1
"""
# A page of one's own should show something: the patient with the most results.
RICHEST_PATIENT = """
    select patient_key
    from raw.lab_results
    where source_system = %s and not is_closed
    group by patient_key
    order by count(distinct record_id) desc, patient_key
    limit 1
"""


@dataclass(frozen=True)
class DemoPerson:
    """An account to print; the password is known only when it was made just now."""

    person: Person
    password: str | None


def make_demo_people(
    connection: psycopg.Connection, source_system: str
) -> list[DemoPerson]:
    """Make one account per role that is still missing, as the owner.

    The user id is the role's name. The patient's account is made once the source has
    results.
    """
    people = [_person_for(connection, source_system, role) for role in PersonRole]
    return [_ensured(connection, person) for person in people if person]


def _person_for(
    connection: psycopg.Connection, source_system: str, role: PersonRole
) -> Person | None:
    if role is PersonRole.PATIENT:
        found = connection.execute(RICHEST_PATIENT, (source_system,)).fetchone()
        return Person(role, role.title, role, patient_key=found[0]) if found else None
    practitioner_id = PRACTITIONER_IDS.get(role)
    if practitioner_id is None:
        return Person(role, role.title, role)
    values = (source_system, practitioner_id)
    named = connection.execute(PRACTITIONER_NAME, values).fetchone()
    display_name = named[0] if named and named[0] else role.title
    return Person(role, display_name, role, source_system, practitioner_id)


def _ensured(connection: psycopg.Connection, person: Person) -> DemoPerson:
    present = find_person(connection, person.user_id)
    if present:
        return DemoPerson(present, None)
    password = new_password()
    create_person(connection, person, password)
    return DemoPerson(person, password)
