"""Whose patients a worklist shows first: who is responsible for whom now."""

import psycopg
import pytest

from pipelines.access.assignments import assign_patient, end_assignment
from pipelines.database.connections import connect
from pipelines.database.roles import PEOPLE, Role
from pipelines.settings import Settings

OWN = "select access.own_patients()"


def own_of(settings: Settings, role: Role, user_id: str | None) -> list[int]:
    """Return what a login is told for a user id; None leaves the user id unset."""
    with connect(settings, role) as connection:
        if user_id is not None:
            connection.execute("select set_config('ehr.user_id', %s, true)", (user_id,))
        return sorted(connection.execute(OWN).fetchone()[0])


@pytest.mark.parametrize(
    ("role", "user_id", "expected"),
    [
        # On the care team of 8. Of another hospital, over, or not begun yet are 3 to 5.
        (Role.DOCTOR, "doctor", [8]),
        (Role.NURSE, "nurse", [1, 2]),
        (Role.NURSE, "other.nurse", [6]),
        (Role.DOCTOR, "", []),
        (Role.DOCTOR, None, []),
        (Role.DOCTOR, "nobody", []),
        (Role.DOCTOR, "nurse", []),
        (Role.NURSE, "doctor", []),
    ],
)
def test_own_are_those_on_the_care_team_now_and_those_assigned_now(
    hospital: Settings, role: Role, user_id: str | None, expected: list[int]
) -> None:
    assert own_of(hospital, role, user_id) == expected


def test_an_assignment_makes_a_doctor_s_own_patient_until_it_ends(
    hospital: Settings, owner: psycopg.Connection
) -> None:
    assign_patient(owner, "doctor", 9, "covers the ward")
    owner.commit()
    assigned = own_of(hospital, Role.DOCTOR, "doctor")
    end_assignment(owner, "doctor", 9)
    owner.commit()

    assert assigned == [8, 9]
    assert own_of(hospital, Role.DOCTOR, "doctor") == [8]


def test_an_assignment_for_later_does_not_count_yet(
    hospital: Settings, owner: psycopg.Connection
) -> None:
    owner.execute(
        "insert into access.assignment (user_id, patient_key, valid_from, reason) "
        "values ('doctor', 9, now() + interval '1 day', 'next week')"
    )
    owner.commit()
    seen = own_of(hospital, Role.DOCTOR, "doctor")
    owner.execute("delete from access.assignment where reason = 'next week'")
    owner.commit()

    assert seen == [8]


def test_a_doctor_who_left_has_no_patients(
    hospital: Settings, owner: psycopg.Connection
) -> None:
    leave = "update access.person set is_active = %s where user_id = 'doctor'"
    owner.execute(leave, (False,))
    owner.commit()
    seen = own_of(hospital, Role.DOCTOR, "doctor")
    owner.execute(leave, (True,))
    owner.commit()

    assert seen == []


@pytest.mark.parametrize(
    "role", [role for role in PEOPLE if role not in {Role.DOCTOR, Role.NURSE}]
)
def test_nobody_else_may_ask(hospital: Settings, role: Role) -> None:
    with (
        connect(hospital, role) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute(OWN)


def test_a_table_of_the_caller_s_cannot_take_the_place_of_ours(
    hospital: Settings,
) -> None:
    with connect(hospital, Role.OWNER) as connection:
        (settings,) = connection.execute(
            "select proconfig from pg_proc "
            "where oid = 'access.own_patients()'::regprocedure and prosecdef"
        ).fetchone()
    assert settings == ["search_path=pg_catalog, pg_temp"]
