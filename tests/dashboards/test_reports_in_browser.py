"""A doctor reports a value and sees what became of it, in Chromium."""

from collections.abc import Iterator

import pytest

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


def test_a_doctor_reports_a_value_and_sees_it_resolved(address: str) -> None:
    with chromium(DESKTOP) as browser:
        enter(browser, address, PersonRole.DOCTOR)
        go_to(browser, "/patients")
        see(browser, "Find a patient")
        awaited(browser, "input[type=text]").send_keys("meyr\n")
        press(browser, "Meyer, Ada")
        see(browser, "All results as a table")
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
