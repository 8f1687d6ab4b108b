"""Looks at results: kept for the person who looked, added to, of patients seen only."""

import psycopg
import pytest

from pipelines.access.result_looks import Look, keep_look, last_look, reading_number
from pipelines.database.connections import connect
from pipelines.database.roles import Role
from pipelines.settings import Settings
from tests.access.conftest import PEOPLE

DOCTOR, NURSE, OTHER_NURSE = PEOPLE[:3]
OWN, FOREIGN = 1, 2


@pytest.fixture(autouse=True)
def nothing_seen(owner: psycopg.Connection) -> None:
    """Forget the looks of the tests before, and give a nurse one patient."""
    owner.execute("delete from access.result_look")
    owner.commit()


def test_before_the_first_look_nothing_has_been_seen(hospital: Settings) -> None:
    assert last_look(hospital, DOCTOR, OWN) == Look(None, frozenset())


def test_what_was_shown_is_added_to_what_was_shown_before(hospital: Settings) -> None:
    keep_look(hospital, DOCTOR, OWN, {1, 2})
    keep_look(hospital, DOCTOR, OWN, {2, 3})

    look = last_look(hospital, DOCTOR, OWN)
    assert look.readings == {1, 2, 3}
    assert look.looked_at is not None


def test_a_look_is_of_one_person_at_one_patient(hospital: Settings) -> None:
    keep_look(hospital, DOCTOR, OWN, {1})

    assert last_look(hospital, DOCTOR, FOREIGN).looked_at is None
    assert last_look(hospital, NURSE, OWN).looked_at is None


def test_a_look_at_a_patient_who_may_not_be_seen_is_not_kept(
    hospital: Settings, owner: psycopg.Connection
) -> None:
    keep_look(hospital, OTHER_NURSE, FOREIGN, {1})

    assert owner.execute("select count(*) from access.result_look").fetchone() == (0,)


def test_nobody_keeps_or_reads_a_look_without_being_somebody(
    hospital: Settings,
) -> None:
    keep_look(hospital, DOCTOR, OWN, {1})
    with connect(hospital, Role.DOCTOR) as connection:
        connection.execute("select set_config('ehr.user_id', 'nobody', true)")
        asked = "select * from access.last_result_look(1)"
        assert connection.execute(asked).fetchall() == []
        connection.execute("select access.keep_result_look(1, '{9}')")
    assert last_look(hospital, DOCTOR, OWN).readings == {1}


@pytest.mark.parametrize(
    ("role", "call"),
    [
        (role, call)
        for call in (
            "access.last_result_look(1)",
            "access.keep_result_look(1, '{1}')",
            "access.origin_of_results(1, 1)",
        )
        for role in (Role.LAB_TECHNICIAN, Role.PATIENT, Role.QUALITY)
        # The laboratory follows its deliveries.
        if (role, call[:14]) != (Role.LAB_TECHNICIAN, "access.origin_")
    ],
)
def test_other_roles_may_not_ask(hospital: Settings, role: Role, call: str) -> None:
    with (
        connect(hospital, role) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute(f"select * from {call}")  # noqa: S608 - of this test


def test_a_reading_has_its_own_number() -> None:
    assert reading_number("a:1", "x") == reading_number("a:1", "x")
    others = {reading_number("a:1", "y"), reading_number("a:2", "x")}
    assert len(others | {reading_number("a:1", "x")}) == 3
    assert all(0 <= number < 2**63 for number in others)
