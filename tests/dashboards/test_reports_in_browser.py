"""A doctor reports a value and sees what became of it, in Chromium."""

from collections.abc import Iterator

import pytest
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.remote.webdriver import WebDriver

from pipelines.access.people import PersonRole
from pipelines.database.connections import connect
from pipelines.database.roles import Role
from pipelines.settings import Settings
from tests.clinicians.filling_in import open_form, select, write
from tests.demonstration.chromium import (
    DESKTOP,
    awaited,
    chromium,
    enter,
    failures_on,
    go_to,
    press,
    see,
    serving,
    settle,
)

CELL = 'button[data-value="hospital:k3"]'
WORDS = "Drawn from the arm with the drip"
ANSWER = "The laboratory took it back"

pytestmark = pytest.mark.browser


@pytest.fixture
def address(hospital: Settings) -> Iterator[str]:
    """Yield the address of the pages; what was reported is forgotten afterwards."""
    with serving(hospital) as served:
        yield served
    with connect(hospital, Role.OWNER) as owner:
        owner.execute("truncate quality.value_report, quality.report_answer")
        owner.execute("delete from access.result_look")


def click_point(browser: WebDriver, told: str) -> None:
    """Click the point of a chart that tells this."""
    point = awaited(browser, f'path[aria-roledescription=point][aria-label*="{told}"]')
    browser.execute_script("arguments[0].scrollIntoView({block: 'center'})", point)
    ActionChains(browser).move_to_element(point).click().perform()
    settle(browser)


def test_a_doctor_reports_a_value_and_sees_it_resolved(address: str) -> None:
    with chromium(DESKTOP) as browser:
        enter(browser, address, PersonRole.DOCTOR)
        go_to(browser, "/patients")
        see(browser, "Find a patient")
        awaited(browser, "input[type=text]").send_keys("meyr\n")
        press(browser, "Meyer, Ada")
        see(browser, "All results as a table")
        settle(browser)
        click_point(browser, "Result: 4.6 mmol/L")
        see(browser, "Report the value chosen in the chart: Potassium 4.6 mmol")
        click_point(browser, "Sign: Heart rate; Value: 72")
        see(browser, "Report the value chosen in the chart: Heart rate 72")
        go_to(browser, "/results")
        see(browser, "Find a test")
        settle(browser)
        browser.execute_script("arguments[0].click()", awaited(browser, CELL))
        see(browser, "Origin of a result")
        awaited(browser, "[role=dialog] [data-testid=stExpander] summary").click()
        write(browser, "Say it in words", WORDS)
        press(browser, "Report it")
        see(browser, "Quality staff look into it")
        assert failures_on(browser) == []

        enter(browser, address, PersonRole.QUALITY)
        see(browser, "1 value that a clinician reported waits for an answer")
        go_to(browser, "/reported_values")
        see(browser, WORDS)
        open_form(browser, "Answer")
        select(browser, "What became of it?", "It was corrected at its source")
        write(browser, "In words, for who reported it", ANSWER)
        press(browser, "Send the answer")
        see(browser, "Every reported value has its answer.")
        assert failures_on(browser) == []

        enter(browser, address, PersonRole.DOCTOR)
        go_to(browser, "/my_reports")
        see(browser, "Corrected at its source")
        see(browser, ANSWER)
        assert failures_on(browser) == []
