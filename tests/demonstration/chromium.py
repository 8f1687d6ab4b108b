"""Chromium for tests: the pages served on a free port, a browser per person."""

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webdriver import WebDriver
from selenium.webdriver.support.ui import WebDriverWait

from pipelines.access.people import PersonRole
from pipelines.settings import Settings
from tests.dashboards.test_browser import FLAGS, PROJECT, see, wait_for

PATIENCE = 60
# What a page says when it cannot be shown, in our words or in Streamlit's.
FAILURES = (
    "could not be shown",
    "Error number",
    "Traceback",
    "Page not found",
    "Connection error",
    "Uncaught",
)
IS_RUNNING = "[data-testid=stStatusWidget], [data-stale=true]"


@contextmanager
def serving(settings: Settings) -> Iterator[str]:
    """Serve the pages of an installation; yield their address."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = (sys.executable, "-m", "streamlit", "run", "dashboards/app.py")
    server = subprocess.Popen(
        [*command, "--server.port", str(port)],
        cwd=PROJECT,
        env=os.environ | {"EHR_HOME": str(settings.root), "EHR_MODE": "test"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_for(f"http://127.0.0.1:{port}/_stcore/health")
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(20)


@contextmanager
def chromium(size: tuple[int, int], profile: Path) -> Iterator[WebDriver]:
    """Open a Chromium with a profile of its own; narrow ones are phones."""
    driver = shutil.which("chromedriver")
    if driver is None:
        pytest.skip("needs chromedriver: apt-get install chromium-driver")
    width, height = size
    options = webdriver.ChromeOptions()
    for flag in (*FLAGS, f"--user-data-dir={profile}"):
        options.add_argument(flag)
    browser = webdriver.Chrome(options=options, service=Service(driver))
    metrics = {"width": width, "height": height, "deviceScaleFactor": 1}
    browser.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride", metrics | {"mobile": width < 500}
    )
    try:
        yield browser
    finally:
        browser.quit()


def enter(browser: WebDriver, address: str, role: PersonRole) -> None:
    """Open an address and sign in as a role's persona."""
    browser.get(address)
    see(browser, "Demonstration")
    # By its own key: other tests may have made further accounts of the same role.
    button = (By.CSS_SELECTOR, f".st-key-persona_{role} button")
    persona = WebDriverWait(browser, PATIENCE).until(
        lambda page: page.find_elements(*button), f"no persona {role}"
    )
    browser.execute_script("arguments[0].click()", persona[0])
    see(browser, "Sign out")
    settle(browser)


def settle(browser: WebDriver) -> None:
    """Wait until the page has finished running."""
    WebDriverWait(browser, PATIENCE).until(
        lambda page: not page.find_elements(By.CSS_SELECTOR, IS_RUNNING),
        "the page does not finish",
    )


def words_on(browser: WebDriver) -> str:
    """Return what the page shows."""
    return browser.find_element(By.TAG_NAME, "body").text


def failures_on(browser: WebDriver) -> list[str]:
    """Return the signs of failure that the page shows."""
    shown = words_on(browser)
    return [words for words in FAILURES if words in shown]


def go_to(browser: WebDriver, path: str) -> None:
    """Go to a page of the running session by typing its address.

    A reload would begin a new session; this is what the browser does with a link.
    """
    browser.execute_script(
        "history.pushState({}, '', arguments[0]);"
        "window.dispatchEvent(new PopStateEvent('popstate', {state: {}}))",
        path,
    )
