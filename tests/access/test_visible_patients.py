"""Which patients PostgreSQL lets whom see."""

import psycopg
import pytest

from pipelines.access.assignments import end_assignment
from pipelines.access.delivered_rules import refresh_care_team
from pipelines.database.connections import connect
from pipelines.database.roles import PEOPLE, Role
from pipelines.settings import Settings

VISIBLE = "select access.visible_patients()"


def visible_to(settings: Settings, role: Role, user_id: str | None) -> list[int]:
    """Return what a login sees for a user id; None leaves the user id unset."""
    with connect(settings, role) as connection:
        if user_id is not None:
            connection.execute("select set_config('ehr.user_id', %s, true)", (user_id,))
        return sorted(connection.execute(VISIBLE).fetchone()[0])


@pytest.mark.parametrize(
    ("role", "user_id", "expected"),
    [
        (Role.NURSE, "nurse", [1, 2]),
        (Role.NURSE, "other.nurse", [6]),
        (Role.PATIENT, "patient", [7]),
        (Role.NURSE, "", []),
        (Role.NURSE, None, []),
        (Role.NURSE, "nobody", []),
        (Role.NURSE, "doctor", []),
        (Role.NURSE, "patient", []),
        (Role.PATIENT, "nurse", []),
        (Role.DOCTOR, "nurse", []),
        (Role.DOCTOR, "doctor", []),
        (Role.QUALITY, "quality", []),
    ],
)
def test_a_login_sees_only_the_patients_of_a_person_of_its_own_role(
    hospital: Settings, role: Role, user_id: str | None, expected: list[int]
) -> None:
    assert visible_to(hospital, role, user_id) == expected


def test_an_assignment_that_ended_shows_nothing(
    hospital: Settings, owner: psycopg.Connection
) -> None:
    end_assignment(owner, "nurse", 2)
    owner.commit()

    seen = visible_to(hospital, Role.NURSE, "nurse")
    owner.execute("update access.assignment set valid_to = null")
    owner.commit()

    assert seen == [1]


def test_a_person_who_left_sees_nothing(
    hospital: Settings, owner: psycopg.Connection
) -> None:
    leave = "update access.person set is_active = %s where user_id = 'other.nurse'"
    owner.execute(leave, (False,))
    owner.commit()

    seen = visible_to(hospital, Role.NURSE, "other.nurse")
    owner.execute(leave, (True,))
    owner.commit()

    assert seen == []


@pytest.mark.parametrize("role", PEOPLE)
@pytest.mark.parametrize(
    "statement",
    [
        "select 1 from access.person",
        "select 1 from access.session",
        "select 1 from access.assignment",
        "select 1 from access.care_team",
        "select 1 from identity.patients",
        "insert into access.assignment values (gen_random_uuid(), 'nurse', 9)",
        "select audit.append('x', 'x', 'x', 'x', '{}', 0, null, 'ok')",
        "set role ehr_builder",
        "set role ehr_owner",
        "set session authorization ehr_owner",
        "create temporary table person (user_id text)",
    ],
)
def test_no_login_of_a_person_reaches_around_its_functions(
    hospital: Settings, role: Role, statement: str
) -> None:
    with connect(hospital, role) as connection:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(statement)
        connection.rollback()


def test_only_the_current_version_of_a_care_team_counts(
    owner: psycopg.Connection,
) -> None:
    version = """
        insert into raw.care_team (
            source_system, record_id, patient_key, practitioner_id, is_closed,
            version_at, known_from, adapter_revision, delivery_id, file_id,
            line_number, content_hash
        )
        values ('hospital', %s, %s, 'N9', %s, %s, now(), 1, 1, 1, 1, gen_random_uuid())
    """
    owner.execute(version, ("moved", 1, False, "2026-01-01"))
    owner.execute(version, ("moved", 2, False, "2026-02-01"))
    owner.execute(version, ("withdrawn", 3, False, "2026-01-01"))
    owner.execute(version, ("withdrawn", 3, True, "2026-02-01"))

    count = refresh_care_team(owner)

    teams = owner.execute("select patient_key from access.care_team").fetchall()
    assert (count, teams) == (1, [(2,)])
