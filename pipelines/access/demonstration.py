"""One person per role for a demonstration, attached to the simulated staff."""

from dataclasses import dataclass

import psycopg

from pipelines.access.passwords import new_password
from pipelines.access.people import Person, PersonRole, create_person, find_person

DOCTOR_ID = "D0001"
NURSE_ID = "N0001"
PRACTITIONER_IDS = {PersonRole.DOCTOR: DOCTOR_ID, PersonRole.NURSE: NURSE_ID}
# Invented, as the names of the simulated staff are. Who a patient is, only the record
# says.
NAMES = {
    PersonRole.LAB_TECHNICIAN: "Ines Brackenhall",
    PersonRole.PATIENT: "Own record",
    PersonRole.QUALITY: "Tomas Sandvale",
    PersonRole.RESEARCHER: "Dr. Anjali Fenwarren",
    PersonRole.COMPLIANCE: "Beatrice Holloway-Marr",
    PersonRole.ENGINEER: "Kenji Larkfold",
    PersonRole.REGISTRAR: "Paula Wetherstone",
    PersonRole.BILLING: "Marcus Ellerby-Quay",
    PersonRole.SUPPORT: "Nora Tidewick",
}

PRACTITIONER_NAME = """
    select practitioner_name
    from raw.practitioners
    where source_system = %s and record_id = %s and not is_closed
    order by version_at desc, adapter_revision desc, content_hash desc
    limit 1
"""
# A page of one's own should show something of everything, and of these weeks, and be
# no more than one reads on a phone.
SHOWN_PATIENT = """
    with

    results as (
        select
            patient_key,
            count(distinct record_id) as results_count,
            max(collected_at) filter (where collected_at <= now()) as latest_at
        from raw.lab_results
        where source_system = %(source)s and not is_closed
        group by patient_key
    ),

    medicines as (
        select
            patient_key,
            count(distinct record_id)
            - count(distinct record_id) filter (where ended_at is not null)
                as active_count
        from raw.prescriptions
        where source_system = %(source)s
        group by patient_key
    ),

    plans as (
        select distinct patient_key
        from raw.care_plans
        where source_system = %(source)s
    ),

    deaths as (
        select distinct patient_key
        from raw.patients
        where source_system = %(source)s and deceased_at is not null
    )

    select results.patient_key
    from results
    left join medicines on results.patient_key = medicines.patient_key
    left join plans on results.patient_key = plans.patient_key
    left join deaths on results.patient_key = deaths.patient_key
    order by
        deaths.patient_key is null desc,
        results.latest_at > now() - interval '14 days' desc nulls last,
        plans.patient_key is not null and medicines.active_count > 2 desc nulls last,
        results.results_count <= 400 desc,
        results.results_count desc,
        results.patient_key
    limit 1
"""
# The nurse works on the fullest ward, and is in charge of it.
WARD_OF_NURSE = """
    insert into access.ward_member (user_id, source_system, ward_name, is_in_charge)
    select %(nurse)s, source_system, ward_name, true
    from access.ward_stay
    where source_system = %(source)s
        and not exists (
            select 1 from access.ward_member where user_id = %(nurse)s
        )
    group by source_system, ward_name
    order by count(*) desc, ward_name collate "C"
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
    made = [_ensured(connection, person) for person in people if person]
    connection.execute(
        WARD_OF_NURSE, {"nurse": PersonRole.NURSE, "source": source_system}
    )
    return made


def _person_for(
    connection: psycopg.Connection, source_system: str, role: PersonRole
) -> Person | None:
    if role is PersonRole.PATIENT:
        found = connection.execute(SHOWN_PATIENT, {"source": source_system}).fetchone()
        name = NAMES[role]
        return Person(role, name, role, patient_key=found[0]) if found else None
    practitioner_id = PRACTITIONER_IDS.get(role)
    if practitioner_id is None:
        return Person(role, NAMES[role], role)
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
