"""Support staffs wards: a nurse is put on one and taken off, and nobody is named."""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from streamlit.testing.v1 import AppTest

from pipelines.access.people import Person, create_person, find_person
from pipelines.database.connections import connect
from pipelines.database.roles import Role
from pipelines.settings import Settings
from tests.dashboards.conftest import PASSWORD
from tests.dashboards.entering import PATIENCE, enter_as
from tests.dashboards.test_glass import said

APP = Path(__file__).parents[2] / "dashboards" / "app.py"
STAY = """
    insert into access.ward_stay values
    ('hospital', 'Ward 3', 2, now() - interval '1 day', null)
"""
UNDO = "delete from access.ward_stay; delete from access.ward_member"
MINE = "select count(*) from access.ward_patients()"


@pytest.fixture
def app(hospital: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[AppTest]:
    """Yield support's page, of a hospital with somebody on a ward."""
    monkeypatch.setenv("EHR_HOME", str(hospital.root))
    monkeypatch.setenv("EHR_MODE", "test")
    with connect(hospital, Role.OWNER) as owner:
        owner.execute(STAY)
        if find_person(owner, "support") is None:
            create_person(owner, Person("support", "Support", "support"), PASSWORD)
    app = enter_as(AppTest.from_file(str(APP), default_timeout=PATIENCE), "support")
    yield app.switch_page("views/support/wards.py").run()
    with connect(hospital, Role.OWNER) as owner:
        owner.execute(UNDO)


def put(app: AppTest, user_id: str) -> AppTest:
    app.text_input(key="ward_user").input(user_id)
    button = next(each for each in app.button if each.label == "Put there")
    return button.click().run()


def patients_of_nurse(hospital: Settings) -> int:
    with connect(hospital, Role.NURSE) as nurse:
        nurse.execute("select set_config('ehr.user_id', 'nurse', true)")
        return nurse.execute(MINE).fetchone()[0]


def test_a_nurse_is_put_on_a_ward_and_taken_off(
    app: AppTest, hospital: Settings
) -> None:
    assert "Nobody works on a ward yet" in said(app)
    put(app, "nurse")
    assert "nurse works on Ward 3 from now on." in said(app)
    assert "Nurse One (nurse)" in said(app)
    assert patients_of_nurse(hospital) == 1

    next(each for each in app.button if each.label == "Take off the ward").click().run()

    assert "no longer on Ward 3" in said(app)
    assert patients_of_nurse(hospital) == 0
    assert "Anders" not in said(app)


@pytest.mark.parametrize("user_id", ["doctor", "nobody", ""])
def test_only_a_nurse_works_on_a_ward(app: AppTest, user_id: str) -> None:
    put(app, user_id)

    assert "only an active nurse works on a ward" in said(app).casefold()


@pytest.mark.parametrize(
    "statement",
    [
        "select access.join_ward('nurse', 'hospital', 'Ward 3', true)",
        "select access.leave_ward('nurse', 'hospital', 'Ward 3')",
        "select access.set_label_rule('doctor', 'hiv', true)",
        "select * from access.ward_members()",
    ],
)
@pytest.mark.parametrize("role", [Role.NURSE, Role.DOCTOR, Role.PATIENT])
def test_nobody_else_staffs_wards_or_sets_labels(
    hospital: Settings, role: Role, statement: str
) -> None:
    with (
        connect(hospital, role) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute(statement)
