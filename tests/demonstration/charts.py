"""Finding a patient, and opening the chart, as a doctor does."""

from selenium.webdriver.remote.webdriver import WebDriver

from pipelines.access.identity import Identity
from tests.clinicians.filling_in import fill
from tests.demonstration.chromium import enter, go_to, press, see, settle

CLOSED = "This patient's record is not open to you"


def open_chart(
    browser: WebDriver, address: str, user_id: str, identity: Identity
) -> None:
    """Sign in as a doctor, and open the chart of a patient."""
    enter(browser, address, user_id)
    reopen_chart(browser, identity)


def reopen_chart(browser: WebDriver, identity: Identity) -> None:
    """Search a patient, and open the chart."""
    search(browser, identity.record_number)
    open_found(browser, identity.full_name)


def search(browser: WebDriver, record_number: str) -> None:
    """Search a patient by record number."""
    go_to(browser, "/patients")
    see(browser, "Find a patient")
    fill(browser, "Find a patient", record_number)


def open_found(browser: WebDriver, name: str) -> None:
    """Open the chart of a patient who is on the list."""
    press(browser, name)
    see(browser, "Visits")
    settle(browser)
