"""What was decided a moment ago holds for a chart that is open already."""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from streamlit.testing.v1 import AppTest

from pipelines.access.assignments import assign_patient, end_assignment
from pipelines.access.people import Person
from pipelines.access.rights import rights_mark
from pipelines.database.connections import connect
from pipelines.database.roles import Role
from pipelines.settings import Settings
from tests.dashboards.entering import PATIENCE, enter_as

APP = Path(__file__).parents[2] / "dashboards" / "app.py"
DOCTOR = Person("doctor", "Dr. One", "doctor", "hospital", "D1")
NAME = "Meyer, Ada"
RESTRICT = """
    insert into access.restriction (patient_key, label_code, set_by, reason)
    values (1, 'patient_wish', 'x', 'x')
"""
LIFT = "delete from access.restriction"
CLOSED = "This patient's record is not open to you"


@pytest.fixture
def owner(
    hospital: Settings, monkeypatch: pytest.MonkeyPatch
) -> Iterator[psycopg.Connection]:
    """Yield the owner's connection to the hospital that the app finds."""
    monkeypatch.setenv("EHR_HOME", str(hospital.root))
    monkeypatch.setenv("EHR_MODE", "test")
    with connect(hospital, Role.OWNER, autocommit=True) as connection:
        yield connection
        connection.execute(LIFT)


def open_chart_of(user_id: str) -> AppTest:
    """Return the app with the first patient's chart open."""
    app = enter_as(AppTest.from_file(str(APP), default_timeout=PATIENCE), user_id)
    app.session_state["patient_key"] = 1
    app.switch_page(f"views/{user_id}/chart.py").run()
    assert NAME in [title.value for title in app.title]
    return app


def is_closed(app: AppTest) -> bool:
    """Return whether the page says that the record is closed, and shows no name."""
    said = [each.value for kind in ("title", "warning", "markdown") for each in
            app.run().get(kind)]  # fmt: skip
    return any(CLOSED in each for each in said) and not any("Meyer" in e for e in said)


def test_a_restriction_closes_a_chart_that_a_doctor_has_open(
    owner: psycopg.Connection,
) -> None:
    app = open_chart_of("doctor")
    owner.execute(RESTRICT)

    assert is_closed(app)
    owner.execute(LIFT)
    assert not is_closed(app)


def test_the_end_of_an_assignment_closes_a_chart_that_a_nurse_has_open(
    owner: psycopg.Connection,
) -> None:
    app = open_chart_of("nurse")
    try:
        end_assignment(owner, "nurse", 1)
        assert is_closed(app)
    finally:
        assign_patient(owner, "nurse", 1, "covers the ward")


def test_who_is_entrusted_with_a_patient_reads_more_from_the_next_click_on(
    hospital: Settings, owner: psycopg.Connection
) -> None:
    before = rights_mark(hospital, DOCTOR)
    assert before == rights_mark(hospital, DOCTOR)
    assign_patient(owner, "doctor", 1, "treats")
    try:
        entrusted = rights_mark(hospital, DOCTOR)
    finally:
        end_assignment(owner, "doctor", 1)

    assert entrusted not in {None, before}
    assert rights_mark(hospital, DOCTOR) == before
