"""From a person back to the page, with every service running.

What somebody does in the browser reaches the record or the delivery folder, a sensor of
Dagster takes it, the marts are built, and the page shows it. How long that took is
written into the test's report; speed is not judged by a clock here.
"""

import json
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webdriver import WebDriver
from selenium.webdriver.support.ui import WebDriverWait

from pipelines.access.people import PersonRole
from pipelines.access.sign_in import sign_in_as_persona
from pipelines.settings import Settings
from tests.dashboards.asking import ask, with_session
from tests.demonstration.chromium import (
    PATIENCE,
    awaited,
    enter,
    go_to,
    leave,
    press,
    see,
    settle,
    words_on,
)
from tests.demonstration.way_back import (
    asked,
    potassium,
    somebody,
    waited,
    written_file,
)

# The text around every button that acknowledges: patient, test, value.
ROWS = """
    return [...document.querySelectorAll('button')]
        .filter(button => button.innerText.trim() === 'Acknowledge')
        .map(button => {
            let around = button;
            while (!around.innerText.includes('record number'))
                around = around.parentElement;
            return around.innerText;
        })
"""
ACKNOWLEDGED = """
    select lab_result_key, user_id, person_name, acknowledged_at, is_current_reading
    from marts.fct_acknowledgements
"""
OFF_THE_LIST = """
    select 1
    where not exists (
        select 1 from marts.fct_result_worklist where lab_result_key = %s
    )
"""
UPLOADED = """
    select value_text, displayed_flag
    from marts.fct_lab_results
    where lab_result_key = 'operational:UP-1'
"""

pytestmark = pytest.mark.browser


def wait_until(browser: WebDriver, holds: Callable[[], bool], words: str) -> None:
    """Wait until something holds on the page."""
    WebDriverWait(browser, PATIENCE).until(lambda _: holds(), words)


def test_an_acknowledged_result_leaves_the_list_and_is_in_the_warehouse(
    installation: Settings,
    address: str,
    browser: WebDriver,
    record_property: Callable[[str, object], None],
) -> None:
    enter(browser, address, PersonRole.DOCTOR)
    see(browser, "Critical (")
    first, *_ = browser.execute_script(ROWS)

    begun = time.monotonic()
    press(browser, "Acknowledge")
    see(browser, "being processed")
    settle(browser)
    assert first not in browser.execute_script(ROWS)
    record_property("seconds_off_the_list", round(time.monotonic() - begun, 1))

    rows = waited(lambda: asked(installation, ACKNOWLEDGED))
    for lab_result_key, *_ in rows:
        waited(lambda key=lab_result_key: asked(installation, OFF_THE_LIST, key))
    seconds = time.monotonic() - begun
    record_property("seconds_in_the_warehouse", round(seconds, 1))
    for _, user_id, person_name, acknowledged_at, is_current in rows:
        assert user_id == "doctor"
        assert person_name.startswith("Dr. ")
        ago = datetime.now(UTC) - acknowledged_at
        assert timedelta() < ago < timedelta(seconds=seconds + 5)
        assert is_current

    leave(browser)
    enter(browser, address, PersonRole.DOCTOR)
    see(browser, "Critical (")
    assert first not in browser.execute_script(ROWS)
    assert "being processed" not in words_on(browser)


PERMISSIONS = json.dumps({"query": "{ permissions { permission value } }"}).encode()


def test_dagsters_pages_answer_engineers_and_let_data_quality_look(
    installation: Settings, address: str
) -> None:
    dagster = f"http://127.0.0.1:{installation.dagster_port}"

    def permitted(user_id: str) -> set[bool]:
        token = sign_in_as_persona(installation, user_id).token
        headers = with_session(installation, token) | {
            "Content-Type": "application/json"
        }
        answer = ask(dagster, "/graphql", "POST", headers, PERMISSIONS)
        found = json.loads(answer.text)["data"]["permissions"]
        return {permission["value"] for permission in found}

    assert True in permitted("engineer")
    assert permitted("quality") == {False}
    assert ask(dagster, "/graphql", "POST", {}, PERMISSIONS).status == 401
    engineer = with_session(
        installation, sign_in_as_persona(installation, "engineer").token
    )
    led = ask(address, "/dagster/runs", headers=engineer)
    assert (led.status, led.location) == (303, f"{dagster}/runs")
    assert ask(dagster, "/runs", headers=engineer).status == 200


def test_an_uploaded_result_is_on_the_patients_chart(
    installation: Settings,
    address: str,
    browser: WebDriver,
    tmp_path: Path,
    record_property: Callable[[str, object], None],
) -> None:
    patient = somebody(installation)
    number = patient.record_number
    path = written_file(tmp_path / "potassium.csv", potassium(patient.patient_number))
    enter(browser, address, PersonRole.LAB_TECHNICIAN)
    see(browser, "Upload results")
    upload = awaited(browser, "input[type=file]")
    upload.send_keys(str(path))
    see(browser, "New")

    begun = time.monotonic()
    press(browser, "Submit 1 row")
    see(browser, "Submitted")
    assert waited(lambda: asked(installation, UPLOADED)) == [
        ("6.93", "CRITICAL_HIGH"),
    ]
    record_property("seconds_on_the_chart", round(time.monotonic() - begun, 1))

    leave(browser)
    enter(browser, address, PersonRole.DOCTOR)
    go_to(browser, "/patients")
    see(browser, "Find a patient")
    search = awaited(browser, "input[type=text]")
    search.send_keys(number, Keys.ENTER)
    see(browser, f"record number {number}")
    settle(browser)
    press_patient(browser)
    see(browser, "6.93 mmol/L")
    wait_until(
        browser,
        lambda: "Critically high" in words_on(browser),
        "the result is not judged",
    )


def press_patient(browser: WebDriver) -> None:
    """Open the chart of the only patient found."""
    buttons = browser.find_elements(By.CSS_SELECTOR, "[data-testid=stMain] button")
    (patient,) = [button for button in buttons if ", " in button.text]
    browser.execute_script("arguments[0].click()", patient)
