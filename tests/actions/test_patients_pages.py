"""The patient's pages for writing, each form filled in once."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from pipelines.database.connections import connect
from pipelines.database.roles import Role
from pipelines.record.actions.asking import ask_for_refill
from pipelines.record.actions.consenting import decision_of, in_force
from pipelines.record.actions.entry import Entry
from pipelines.settings import Settings
from tests.actions.conftest import PATIENT
from tests.actions.test_patients_wishes import own
from tests.actions.test_taking_back import booked
from tests.dashboards.entering import PATIENCE, enter_as
from tests.versions import versions

# What the pages read to say how fresh the record is; nothing has landed.
OWN_PROFILE = """
    create schema if not exists marts;
    create table if not exists marts.own_profile (
        patient_key bigint, source_system text
    );
    grant usage on schema marts to ehr_patient;
    grant select on marts.own_profile to ehr_patient;
"""
APP = Path(__file__).parents[2] / "dashboards" / "app.py"


@pytest.fixture
def app(ward: Settings, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    """Return the app with the patient signed in."""
    with connect(ward, Role.OWNER) as owner:
        owner.execute(OWN_PROFILE)
    monkeypatch.setenv("EHR_HOME", str(ward.root))
    monkeypatch.setenv("EHR_MODE", "test")
    return enter_as(AppTest.from_file(str(APP), default_timeout=PATIENCE), "patient")


def page(app: AppTest, name: str) -> AppTest:
    """Go to a page of the patient."""
    return app.switch_page(f"views/patient/{name}.py").run()


def said(app: AppTest) -> str:
    """Return all that a page says."""
    assert not app.exception
    kinds = ("title", "markdown", "caption", "info", "warning", "error", "success")
    return "\n".join(each.value for kind in kinds for each in app.get(kind))


def pick(app: AppTest, label: str) -> AppTest:
    """Choose what the page offers to do."""
    key = "own_request" if label.startswith(("A ", "An ", "Ano")) else "own_contact"
    app.session_state[key] = label
    return app.run()


def press(app: AppTest, label: str) -> AppTest:
    """Click the button of this label."""
    return next(each for each in app.button if each.label == label).click().run()


def fill(app: AppTest, kind: str, label: str, value: object) -> AppTest:
    """Fill in the field of this label."""
    found = next(each for each in app.get(kind) if each.label.startswith(label))
    return found.set_value(value).run()


def saved(app: AppTest) -> AppTest:
    """Check a form and save it."""
    app = press(app, "Check and go on")
    assert "You are about to" in said(app)
    return press(app, "Save")


def test_a_refill_is_asked_for_and_shows_at_once(
    app: AppTest, ward: Settings, prescription: Entry
) -> None:
    app = page(app, "requests")
    assert "You have not asked for anything yet." in said(app)
    pick(app, "A refill")
    fill(app, "selectbox", "Medicine", prescription.record_id)
    fill(app, "text_area", "What your care team", "almost none left")
    saved(app)

    assert own(ward, "medication_requests").values["status_code"] == "requested"
    assert "waits for an answer (being processed)" in said(app)
    assert "almost none left" in said(app)


def test_appointment_and_correction_are_asked_for(app: AppTest, ward: Settings) -> None:
    app = page(app, "requests")
    pick(app, "An appointment")
    fill(app, "selectbox", "With whom", "Cardiology")
    fill(app, "text_area", "What it is about", "Palpitations")
    saved(app)
    pick(app, "A correction")
    fill(app, "selectbox", "What is wrong", "allergies")
    fill(app, "text_area", "What stands there", "I have **no** allergy")
    saved(app)

    assert own(ward, "appointments").values["specialty_name"] == "Cardiology"
    assert own(ward, "correction_requests").values["subject_code"] == "allergies"
    assert "An appointment: Cardiology" in said(app)
    assert "A correction: an allergy" in said(app)


def test_a_refill_is_taken_back_on_the_page(
    app: AppTest, ward: Settings, prescription: Entry
) -> None:
    ask_for_refill(ward, PATIENT, prescription)
    app = page(app, "requests")
    assert "waits for an answer" in said(app)
    saved(app)

    assert own(ward, "medication_requests").values["status_code"] == "withdrawn"
    assert "taken back" in said(app)
    assert "waits for an answer" not in said(app)


def test_another_time_is_asked_for_on_the_page(app: AppTest, ward: Settings) -> None:
    app = page(app, "requests")
    pick(app, "Another time")
    assert "No appointment of yours is booked here." in said(app)
    booked(ward)
    app = page(app, "requests")
    app.session_state["kept_entries"] = {}
    pick(app, "Another time")
    entry = own(ward, "appointments")
    fill(app, "selectbox", "Appointment", entry.record_id)
    fill(app, "text_area", "Why, and what suits you", "I work on that day")
    saved(app)

    assert own(ward, "appointments").values["status_code"] == "requested"
    assert "You asked for another time. Until it is answered," in said(app)


def test_a_contact_is_added_and_ended(app: AppTest, ward: Settings) -> None:
    app = page(app, "contacts")
    pick(app, "Add somebody")
    fill(app, "text_input", "Name", "Bruno Meyer")
    fill(app, "selectbox", "Who it is", "spouse")
    fill(app, "selectbox", "When to call", "emergency")
    fill(app, "text_input", "Telephone", "+1 555 0101")
    saved(app)
    assert "Bruno Meyer" in said(page(app, "contacts"))

    entry = own(ward, "contacts")
    pick(app, "No longer call somebody")
    fill(app, "selectbox", "Whom", entry.record_id)
    fill(app, "text_input", "Why", "moved away")
    saved(app)
    assert own(ward, "contacts").values["ended_at"] is not None
    assert "Nobody is named yet." in said(page(app, "contacts"))


def test_a_decision_is_a_click_and_is_told(app: AppTest, ward: Settings) -> None:
    app = page(app, "privacy")
    assert "because you have not decided" in said(app)
    before = versions(ward, "consents")

    app.button(key="decide_ask_first").click().run()

    assert "It holds from now on." in said(app)
    assert decision_of(in_force(ward, PATIENT), "ask_first") == "permit"
    app.button(key="decide_ask_first").click().run()
    assert decision_of(in_force(ward, PATIENT), "ask_first") == "deny"
    assert versions(ward, "consents") == before + 2
