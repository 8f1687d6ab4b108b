"""After a time-out the sign-in leads back to the chart and the form, with the draft."""

import pytest
from selenium.webdriver.remote.webdriver import WebDriver

from pipelines.access.people import PersonRole
from pipelines.record.actions.prescribing import is_current
from pipelines.settings import Settings
from tests.clinicians.filling_in import (
    choose,
    fill,
    save,
    select,
    value_of,
    write,
)
from tests.demonstration.charts import open_chart
from tests.demonstration.chromium import (
    enter,
    failures_on,
    go_to,
    leave,
    press_by_id,
    see,
    settle,
)
from tests.demonstration.people import (
    end_sessions,
    ensure_covering,
    identity_of,
    own_entries,
    person_of,
)

KEPT = "What you typed before is still here"
CLICK_ANYTHING = """
    document.querySelector('[data-testid=stButtonGroup] button')?.click()
"""
TYPED = "Sleeps badly since Sunday."

pytestmark = pytest.mark.browser


def run_out_of_time(browser: WebDriver, settings: Settings, user_id: str) -> None:
    """Let the session end; a click, if the page has not led away by itself already."""
    end_sessions(settings, user_id)
    browser.execute_script(CLICK_ANYTHING)


def come_back(browser: WebDriver, user_id: str) -> None:
    """Sign in where the page has led to by itself."""
    see(browser, "Demonstration")
    press_by_id(browser, f"persona_{user_id}")
    see(browser, "Sign out")
    settle(browser)


def test_a_doctor_comes_back_to_the_same_form_of_the_same_patient(
    installation: Settings, address: str, browser: WebDriver
) -> None:
    identity = identity_of(installation, person_of(installation, "patient").patient_key)
    open_chart(browser, address, "doctor", identity)
    choose(browser, "Note")
    write(browser, "Text", TYPED)

    run_out_of_time(browser, installation, "doctor")
    come_back(browser, "doctor")

    see(browser, identity.full_name)
    see(browser, KEPT)
    assert value_of(browser, "Text", is_long=True) == TYPED
    assert failures_on(browser) == []
    save(browser, "Note signed")


def test_a_doctor_comes_back_to_the_medicine_that_was_about_to_be_stopped(
    installation: Settings, address: str, browser: WebDriver
) -> None:
    patient = person_of(installation, "patient")
    identity = identity_of(installation, patient.patient_key)
    prescribed = own_entries(installation, patient, "prescriptions")
    drug = next(each for each in prescribed if is_current(each)).values["drug_name"]
    open_chart(browser, address, "doctor", identity)
    choose(browser, "Prescription")
    choose(browser, "Stop", "prescription_what")
    select(browser, "Which medicine", drug.split()[0])
    fill(browser, "In words", TYPED)

    run_out_of_time(browser, installation, "doctor")
    come_back(browser, "doctor")

    see(browser, identity.full_name)
    see(browser, KEPT)
    assert value_of(browser, "In words") == TYPED


def test_a_patient_comes_back_to_the_request_and_nobody_else_does(
    installation: Settings, address: str, browser: WebDriver
) -> None:
    ensure_covering(installation)
    enter(browser, address, PersonRole.PATIENT)
    go_to(browser, "/requests")
    see(browser, "What you asked for")
    settle(browser)
    choose(browser, "An appointment", "own_request")
    write(browser, "What it is about", TYPED)

    run_out_of_time(browser, installation, "patient")
    come_back(browser, "covering")
    assert TYPED not in browser.page_source
    leave(browser)
    enter(browser, f"{address}/requests", PersonRole.PATIENT)

    see(browser, KEPT)
    assert value_of(browser, "What it is about", is_long=True) == TYPED
