"""Accounts: who may sign in, in which role, and who they are in the records.

One person has one role; the role decides the database login. What a login may read is
decided by PostgreSQL, not here.
"""

from dataclasses import dataclass
from enum import StrEnum

import psycopg
from psycopg.rows import class_row

from pipelines.access.passwords import hash_of
from pipelines.database.roles import Role


class PersonRole(StrEnum):
    """What a person does here; ``ehr_<role>`` is the login they read through."""

    DOCTOR = "doctor"
    NURSE = "nurse"
    LAB_TECHNICIAN = "lab_technician"
    PATIENT = "patient"
    QUALITY = "quality"
    RESEARCHER = "researcher"
    COMPLIANCE = "compliance"
    ENGINEER = "engineer"
    REGISTRAR = "registrar"
    BILLING = "billing"
    SUPPORT = "support"

    @property
    def login(self) -> Role:
        """Return the database login of this role."""
        return Role(f"ehr_{self.value}")

    @property
    def title(self) -> str:
        """Return the role in words."""
        return {
            PersonRole.LAB_TECHNICIAN: "Laboratory technician",
            PersonRole.QUALITY: "Data quality",
            PersonRole.COMPLIANCE: "Compliance officer",
            PersonRole.ENGINEER: "Data engineer",
            PersonRole.BILLING: "Billing",
        }.get(self, self.value.capitalize())


@dataclass(frozen=True)
class Person:
    """One account, without its password."""

    user_id: str
    display_name: str
    role: PersonRole
    practitioner_source: str | None = None
    practitioner_id: str | None = None
    patient_key: int | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "role", PersonRole(self.role))


INSERT_PERSON = """
    insert into access.person (
        user_id, display_name, role, practitioner_source, practitioner_id,
        patient_key, password_hash
    )
    values (%s, %s, %s, %s, %s, %s, %s)
"""
SELECT_PERSON = """
    select
        user_id, display_name, role, practitioner_source, practitioner_id, patient_key
    from access.person
    where is_active and user_id = %s
"""
SELECT_PEOPLE = """
    select
        user_id, display_name, role, practitioner_source, practitioner_id, patient_key
    from access.person
    where is_active
    order by user_id collate "C"
"""


class PersonError(Exception):
    """An account cannot be made or found; the message says why."""


def create_person(
    connection: psycopg.Connection, person: Person, password: str
) -> None:
    """Make an account, as the owner.

    Raises:
        PersonError: the user id is taken, or the account lacks what its role needs.
    """
    try:
        with connection.transaction():
            connection.execute(
                INSERT_PERSON,
                (
                    person.user_id,
                    person.display_name,
                    person.role,
                    person.practitioner_source,
                    person.practitioner_id,
                    person.patient_key,
                    hash_of(password),
                ),
            )
    except psycopg.errors.UniqueViolation:
        msg = f"there is an account {person.user_id!r} already: choose another user id"
        raise PersonError(msg) from None
    except psycopg.errors.CheckViolation:
        msg = (
            f"account {person.user_id!r}: a user id has 2 to 64 small letters, digits, "
            "dots or dashes; a patient, and nobody else, needs a patient key; a "
            "practitioner needs both a source and an id"
        )
        raise PersonError(msg) from None


def find_person(connection: psycopg.Connection, user_id: str) -> Person | None:
    """Return the active account of a user id."""
    with connection.cursor(row_factory=class_row(Person)) as cursor:
        return cursor.execute(SELECT_PERSON, (user_id,)).fetchone()


def all_people(connection: psycopg.Connection) -> list[Person]:
    """Return all active accounts."""
    with connection.cursor(row_factory=class_row(Person)) as cursor:
        return cursor.execute(SELECT_PEOPLE).fetchall()
