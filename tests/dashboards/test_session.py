"""Where somebody was when the session ended, and that nobody else is led there."""

import time
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboards import place, session
from dashboards.place import keep_place, place_of
from pipelines.access.people import Person
from pipelines.access.sign_in import sign_in_as_persona
from pipelines.database.connections import connect
from pipelines.database.roles import Role
from pipelines.settings import Settings
from tests.dashboards.entering import PATIENCE, enter_as, enter_with

APP = Path(__file__).parents[2] / "dashboards" / "app.py"


def new_page() -> AppTest:
    """Return the app as a new page of a browser runs it."""
    return AppTest.from_file(str(APP), default_timeout=PATIENCE)


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


def test_who_comes_back_finds_the_form_that_was_open_and_nothing_else(
    hospital: Settings,
) -> None:
    doctor = Person("doctor", "Dr. One", "doctor", "hospital", "D1")
    left = {
        "patient_key": 1,
        "writing": "Prescription",
        "prescription_what": "Stop",
        "entry|medicine 1": "operational:7",
        "search": "meyer",
        "form|note 1": object(),
        "writing_seen": True,
    }
    keep_place(hospital, doctor, left)

    found = place_of(hospital, doctor)
    assert found == {name: left[name] for name in list(left)[:4]}
    assert place_of(hospital, doctor) == {}


def test_a_place_without_a_patient_is_kept_too_and_no_longer_than_an_hour(
    hospital: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    nurse = Person("nurse", "Nurse One", "nurse", "hospital", "N1")
    keep_place(hospital, nurse, {"own_request": "A refill"})
    assert place_of(hospital, nurse) == {"own_request": "A refill"}

    keep_place(hospital, nurse, {"own_request": "A refill"})
    later = time.time() + place.KEPT_SECONDS
    monkeypatch.setattr(place.time, "time", lambda: later)
    assert place_of(hospital, nurse) == {}


def test_another_person_is_not_led_there(hospital: Settings) -> None:
    ended_on_the_chart_of(hospital, 1)

    assert "patient_key" not in enter_as(new_page(), "nurse").session_state


def test_who_signed_out_is_told_so_even_if_the_page_runs_again_meanwhile(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ways: list[str] = []
    monkeypatch.setattr(session, "_lead_to", ways.append)
    app = enter_as(new_page(), "doctor")

    next(each for each in app.button if each.label == "Sign out").click().run()
    app.run()

    assert ways == ["/sign-in?why=left"] * 2
