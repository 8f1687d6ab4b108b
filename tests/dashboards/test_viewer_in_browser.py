"""The results viewer in Chromium, on a desktop and a phone: pressed, not simulated."""

from collections.abc import Iterator

import pytest
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webdriver import WebDriver

from pipelines.access.people import PersonRole
from pipelines.database.connections import connect
from pipelines.database.roles import Role
from pipelines.settings import Settings
from tests.demonstration.chromium import (
    DESKTOP,
    OVERFLOW,
    PHONE,
    awaited,
    chromium,
    enter,
    failures_on,
    go_to,
    press,
    refusals_on,
    see,
    serving,
    settle,
    words_on,
)

CELL = 'button[data-value="hospital:{}"]'
NAMED = 'table.flowsheet th.test button[title^="Graph {}"]'
# What a cell looks like: the colour of its text, whether its value is struck through.
COLOUR = "return getComputedStyle(arguments[0]).color"
STRUCK = "return getComputedStyle(arguments[0]).textDecorationLine"
SCROLLED = """
    const table = document.querySelector('.flowsheet-scroll');
    const name = table.querySelector('tbody th.test');
    const before = name.getBoundingClientRect().left;
    table.scrollLeft = 80;
    return [table.scrollWidth > table.clientWidth,
        Math.abs(name.getBoundingClientRect().left - before) < 1];
"""
SIZES = {"desktop": DESKTOP, "phone": PHONE}

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def address(hospital: Settings) -> Iterator[str]:
    """Yield the address of the pages."""
    with serving(hospital) as served:
        yield served


@pytest.fixture(params=SIZES)
def browser(
    request: pytest.FixtureRequest, hospital: Settings, address: str
) -> Iterator[WebDriver]:
    """Yield a Chromium in which a doctor has a patient's results open."""
    with connect(hospital, Role.OWNER) as owner:
        owner.execute("delete from access.result_look")
    with chromium(SIZES[request.param]) as opened:
        enter(opened, address, PersonRole.DOCTOR)
        go_to(opened, "/patients")
        see(opened, "Find a patient")
        search = awaited(opened, "input[type=text]")
        search.send_keys("meyr", Keys.ENTER)
        press(opened, "Meyer, Ada")
        see(opened, "All results as a table")
        go_to(opened, "/results")
        see(opened, "Find a test")
        settle(opened)
        awaited(opened, CELL.format("k3"))  # the table comes after its frame
        yield opened
    with connect(hospital, Role.OWNER) as owner:
        owner.execute("delete from access.result_look")


def press_in(browser: WebDriver, selector: str) -> None:
    """Press a button of the tree or the table."""
    browser.execute_script("arguments[0].click()", awaited(browser, selector))
    settle(browser)


def test_cells_have_their_colour_and_are_struck_through(browser: WebDriver) -> None:
    high = awaited(browser, CELL.format("k3"))
    corrected = awaited(browser, f"{CELL.format('k2')} del")
    deleted = awaited(browser, f"{CELL.format('k0')} s")

    assert browser.execute_script(COLOUR, high) == "rgb(138, 47, 0)"
    assert browser.execute_script(STRUCK, corrected) == "line-through"
    assert browser.execute_script(STRUCK, deleted) == "line-through"
    assert corrected.text == "2.4"
    assert browser.execute_script(OVERFLOW) <= 0


def test_a_value_pressed_tells_its_origin(browser: WebDriver) -> None:
    press_in(browser, CELL.format("k2"))
    see(browser, "Origin of a result")
    see(browser, "Versions: 2")

    assert browser.execute_script(OVERFLOW) <= 0
    assert failures_on(browser) == []
    assert refusals_on(browser) == []


def test_a_name_pressed_is_graphed_and_a_panel_narrows(browser: WebDriver) -> None:
    press_in(browser, NAMED.format("Potassium"))
    awaited(browser, "[data-testid=stVegaLiteChart] g.mark-symbol.role-mark")
    see(browser, "Medicines underneath")
    press_in(browser, 'button[data-value="Electrolytes and minerals"]')
    see(browser, "Show all panels")

    table = awaited(browser, "table.flowsheet").text
    assert "Potassium" in table
    assert "Troponin" not in table
    # The tree folds its tests away, and on a phone itself.
    tree = awaited(browser, ".flowsheet-tree").get_attribute("textContent")
    assert "Troponin" in tree
    assert browser.execute_script(OVERFLOW) <= 0
    assert failures_on(browser) == []
    assert refusals_on(browser) == []


def test_the_table_scrolls_inside_itself_and_keeps_its_names(
    browser: WebDriver,
) -> None:
    browser.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride",
        {"width": 390, "height": 844, "deviceScaleFactor": 1, "mobile": True},
    )
    settle(browser)
    awaited(browser, CELL.format("k3"))

    assert browser.execute_script(SCROLLED) == [True, True]
    assert browser.execute_script(OVERFLOW) <= 0
    assert "Test" in words_on(browser)
