"""Where somebody was when the session ended, and that nobody else is led there."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from pipelines.access.sign_in import sign_in_as_persona
from pipelines.database.connections import connect
from pipelines.database.roles import Role
from pipelines.settings import Settings
from tests.dashboards.entering import enter_as, enter_with

APP = Path(__file__).parents[2] / "dashboards" / "app.py"


def new_page() -> AppTest:
    """Return the app as a new page of a browser runs it."""
    return AppTest.from_file(str(APP), default_timeout=60)


def ended_on_the_chart_of(settings: Settings, patient_key: int) -> None:
    """Let a doctor's session end while a chart is open."""
    app = enter_as(new_page(), "doctor")
    app.session_state["patient_key"] = patient_key
    app.run()
    with connect(settings, Role.OWNER) as connection:
        connection.execute("update access.session set revoked_at = now()")
    app.run()
    assert "session has ended" in app.info[0].value
    assert "patient_key" not in app.session_state


@pytest.fixture(autouse=True)
def installation(hospital: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the app find the installation."""
    monkeypatch.setenv("EHR_HOME", str(hospital.root))
    monkeypatch.setenv("EHR_MODE", "test")


def test_who_comes_back_finds_the_patient_that_was_open_once(
    hospital: Settings,
) -> None:
    ended_on_the_chart_of(hospital, 1)
    token = sign_in_as_persona(hospital, "doctor").token

    assert enter_with(new_page(), token).session_state["patient_key"] == 1
    assert "patient_key" not in enter_with(new_page(), token).session_state


def test_another_person_is_not_led_there(hospital: Settings) -> None:
    ended_on_the_chart_of(hospital, 1)

    assert "patient_key" not in enter_as(new_page(), "nurse").session_state
