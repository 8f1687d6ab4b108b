"""Open pages in Chromium: they lose their session, and files stay with their owner."""

from collections.abc import Iterator
from urllib.parse import urlsplit

import psycopg
import pytest
from selenium.webdriver.remote.webdriver import WebDriver
from selenium.webdriver.support.ui import WebDriverWait

from pipelines.access.sign_in import sign_in_as_persona
from pipelines.database.connections import connect
from pipelines.database.roles import Role
from pipelines.settings import Settings
from tests.dashboards.asking import ask, with_session
from tests.dashboards.conftest import PASSWORD
from tests.demonstration.chromium import (
    DESKTOP,
    PATIENCE,
    PHONE,
    chromium,
    enter,
    enter_with_password,
    leave,
    press,
    press_by_id,
    refusals_on,
    see,
    serving,
    settle,
    words_on,
)

PROBLEMS = """
    const wrong = [];
    for (const field of document.querySelectorAll('input:not([type=hidden])'))
        if (!document.querySelector(`label[for=${field.id}]`)) wrong.push(field.id);
    for (const button of document.querySelectorAll('button'))
        if (button.getBoundingClientRect().height < 44) wrong.push(button.innerText);
    if (document.body.scrollWidth > window.innerWidth) wrong.push('too wide');
    if (!document.documentElement.lang) wrong.push('no language');
    if (document.querySelectorAll('script').length) wrong.push('a script');
    return wrong;
"""
KEPT = "return [localStorage.kept, sessionStorage.kept]"

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def address(hospital: Settings) -> Iterator[str]:
    """Yield the address of the pages."""
    with serving(hospital) as served:
        yield served


@pytest.fixture
def browser() -> Iterator[WebDriver]:
    """Yield a Chromium that remembers nobody."""
    with chromium(DESKTOP) as opened:
        yield opened


@pytest.fixture
def owner(hospital: Settings) -> Iterator[psycopg.Connection]:
    """Yield a connection as the owner."""
    with connect(hospital, Role.OWNER, autocommit=True) as connection:
        yield connection


def is_at(browser: WebDriver, path: str) -> None:
    """Wait until the browser is at a path."""
    WebDriverWait(browser, PATIENCE).until(
        lambda page: urlsplit(page.current_url).path == path, f"not at {path}"
    )


def test_a_revoked_session_takes_an_untouched_page_off_the_screen(
    browser: WebDriver, address: str, owner: psycopg.Connection
) -> None:
    enter(browser, address, "doctor")
    see(browser, "Critical (")
    owner.execute("update access.session set revoked_at = now()")

    see(browser, "Your session has ended")
    assert "Meyer" not in browser.page_source
    assert urlsplit(browser.current_url).path == "/sign-in"


def test_sign_in_returns_to_the_page_that_was_open(
    browser: WebDriver, address: str, owner: psycopg.Connection
) -> None:
    browser.get(f"{address}/patients")
    see(browser, "Demonstration")
    press_by_id(browser, "persona_doctor")
    see(browser, "Find a patient")
    settle(browser)
    owner.execute("update access.session set revoked_at = now()")
    see(browser, "Your session has ended")
    press_by_id(browser, "persona_doctor")

    see(browser, "Find a patient")
    is_at(browser, "/patients")


def test_a_name_and_password_open_the_pages_and_a_reload_keeps_them_open(
    browser: WebDriver, address: str
) -> None:
    enter_with_password(browser, address, "doctor", "wrong")
    see(browser, "The name or the password is wrong")
    enter_with_password(browser, address, "doctor", PASSWORD)
    see(browser, "Critical (")
    browser.refresh()
    see(browser, "Critical (")

    assert refusals_on(browser) == []
    leave(browser)
    browser.back()
    see(browser, "User name")
    assert "Meyer" not in words_on(browser)


def test_a_browser_that_another_test_has_used_remembers_nobody(address: str) -> None:
    with chromium(DESKTOP) as browser:
        enter(browser, address, "doctor")
        browser.execute_script("localStorage.kept = sessionStorage.kept = 'a value'")
        before = browser.session_id
    with chromium(DESKTOP) as browser:
        browser.get(f"{address}/patients")
        see(browser, "User name")

        assert browser.session_id == before
        assert browser.execute_script(KEPT) == [None, None]
        assert refusals_on(browser) == []


def test_no_script_of_a_page_can_read_the_session(
    browser: WebDriver, address: str
) -> None:
    enter(browser, address, "doctor")

    assert "ehr_session" not in browser.execute_script("return document.cookie")


def test_a_person_sees_own_sessions_and_ends_all_of_them(
    browser: WebDriver, address: str, hospital: Settings
) -> None:
    token = sign_in_as_persona(hospital, "nurse").token
    enter(browser, address, "nurse")
    browser.get(f"{address}/account")
    see(browser, "this session")
    press(browser, "Sign out everywhere")
    see(browser, "You have signed out")

    path = "/_stcore/host-config"
    assert ask(address, path, headers=with_session(hospital, token)).status == 401


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_the_sign_in_can_be_used_by_everybody(
    size: tuple[int, int], address: str
) -> None:
    with chromium(size) as browser:
        browser.get(f"{address}/sign-in?why=ended")
        see(browser, "Your session has ended")

        assert browser.execute_script(PROBLEMS) == []
        assert refusals_on(browser) == []
        focused = browser.switch_to.active_element
        assert focused.get_attribute("id") == "user_id"
