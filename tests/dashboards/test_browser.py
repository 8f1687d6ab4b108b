"""The pages in Chromium, as a doctor and as a nurse."""

from collections.abc import Iterator

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webdriver import WebDriver
from selenium.webdriver.support.ui import WebDriverWait

from pipelines.settings import Settings
from tests.demonstration.chromium import (
    DESKTOP,
    OVERFLOW,
    PATIENCE,
    PHONE,
    awaited,
    chromium,
    press,
    see,
    serving,
    settle,
)

# How many rectangles of ranges and points of results the first chart holds.
DRAWN = """
    const chart = document.querySelector('[data-testid=stVegaLiteChart]');
    const marks = kind => chart.querySelectorAll(`g.${kind}.role-mark > path`).length;
    return chart && {ranges: marks('mark-rect'), points: marks('mark-symbol')};
"""
UNFOLD = "[data-testid=stExpandSidebarButton]"

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def address(hospital: Settings) -> Iterator[str]:
    """Yield the address of the pages, served on a free port."""
    with serving(hospital) as served:
        yield served


@pytest.fixture(params=[DESKTOP, PHONE], ids=["desktop", "phone"])
def browser(request: pytest.FixtureRequest) -> Iterator[WebDriver]:
    """Yield a Chromium of desktop or phone size."""
    with chromium(request.param) as opened:
        yield opened


def go_to(browser: WebDriver, page: str) -> None:
    """Go to a page by the navigation, which a phone folds away."""
    path = f"//a[normalize-space(.)='{page}']"
    if not browser.find_elements(By.XPATH, path):
        unfold = browser.find_element(By.CSS_SELECTOR, UNFOLD)
        browser.execute_script("arguments[0].click()", unfold)
    WebDriverWait(browser, PATIENCE).until(
        lambda page: page.find_elements(By.XPATH, path)
    )
    browser.execute_script("arguments[0].click()", browser.find_element(By.XPATH, path))


def enter(browser: WebDriver, address: str, persona: str) -> None:
    """Open the pages and sign in as a persona."""
    browser.get(address)
    see(browser, "Demonstration")
    press(browser, persona)


def see_potassium_with_its_range(browser: WebDriver) -> None:
    """Look at the trend: points of three judgements over two pieces of range."""
    see(browser, "Visits")
    WebDriverWait(browser, PATIENCE).until(
        lambda page: page.find_elements(By.CSS_SELECTOR, "g.mark-symbol.role-mark")
    )
    assert browser.execute_script(DRAWN) == {"ranges": 2, "points": 3}
    assert browser.execute_script(OVERFLOW) <= 0


def test_a_doctor_searches_a_patient_and_reads_a_trend(
    browser: WebDriver, address: str
) -> None:
    enter(browser, address, "Doctor")
    see(browser, "Critical (1)")
    assert browser.execute_script(OVERFLOW) <= 0
    go_to(browser, "Patients")
    see(browser, "Find a patient")
    search = awaited(browser, "input[type=text]")
    search.send_keys("meyr", Keys.ENTER)
    press(browser, "Meyer, Ada")

    see(browser, "born 3 Aug 1956")
    see(browser, "Penicillin")
    see_potassium_with_its_range(browser)
    see(browser, "Metformin")


def test_a_nurse_starts_with_her_patients_and_reaches_no_other(
    browser: WebDriver, address: str
) -> None:
    enter(browser, address, "Nurse")
    see(browser, "A doctor acknowledges")
    go_to(browser, "My patients")
    see(browser, "Narrow the list")
    see(browser, "Meyer, Ada")
    assert "Anders" not in browser.page_source
    press(browser, "Meyer, Ada")

    see_potassium_with_its_range(browser)


def test_an_address_of_another_role_is_refused_after_signing_in(
    browser: WebDriver, address: str
) -> None:
    browser.get(f"{address}/chart")
    see(browser, "Demonstration")
    press(browser, "Researcher")
    see(browser, "Your pages are being built")

    assert "Choose a patient" not in browser.page_source


def test_a_doctor_acknowledges_and_the_row_is_gone(
    browser: WebDriver, address: str, analyte: str
) -> None:
    enter(browser, address, "Doctor")
    see(browser, "Critical (2)")
    button = f"[class*='st-key-acknowledge_3_{analyte}'] button"
    browser.execute_script("arguments[0].click()", awaited(browser, button))

    see(browser, "being processed")
    see(browser, "Critical (1)")
    settle(browser)  # what is gone stands there until the page has run to its end
    assert not browser.find_elements(By.CSS_SELECTOR, button)


def test_another_roles_address_leads_nowhere(browser: WebDriver, address: str) -> None:
    browser.get(f"{address}/chart")
    see(browser, "User name")

    assert "Meyer" not in browser.page_source
