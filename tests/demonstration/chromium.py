"""Chromium for tests: the pages served on a free port, a browser per person.

The one place where tests sign in by a browser.
"""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from selenium import webdriver
from selenium.common.exceptions import (
    StaleElementReferenceException,
    TimeoutException,
)
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webdriver import WebDriver
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import WebDriverWait

from pipelines.access.people import PersonRole
from pipelines.settings import Settings

PROJECT = Path(__file__).parents[2]
PATIENCE = 60
DESKTOP, PHONE = (1400, 1600), (390, 844)
FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
# What a page says when it cannot be shown, in our words or in Streamlit's.
FAILURES = (
    "could not be shown",
    "Error number",
    "Traceback",
    "Page not found",
    "Connection error",
    "Uncaught",
)
# Streamlit's own sign of a running script comes late, when it is slow; its state, and
# what is drawn over, do not wait. Our plain pages have none of these.
IS_RUNNING = (
    "[data-testid=stStatusWidget], [data-stale=true], [data-test-script-state=initial],"
    "[data-test-script-state=running], [data-test-script-state=rerunRequested]"
)
# The same, before any of it is drawn: what was done to a page is answered by a run of
# its script, and the socket tells when that was asked for (field 11 of a BackMsg) and
# when it ended (field 6 of a ForwardMsg; 2 is an end for the sake of another run).
SOCKET = """
    (() => {
        const fieldsOf = bytes => {
            const fields = new Map();
            let at = 0;
            const number = () => {
                let value = 0, shift = 0, byte;
                do {
                    byte = bytes[at++];
                    value += (byte & 127) * 2 ** shift;
                    shift += 7;
                } while (byte & 128);
                return value;
            };
            while (at < bytes.length) {
                const tag = number(), value = number();
                fields.set(Math.floor(tag / 8), value);
                if (tag % 8 === 2) at += value;
            }
            return fields;
        };
        const Plain = window.WebSocket;
        window.runsAwaited = new Set();
        window.WebSocket = class extends Plain {
            constructor(...values) {
                super(...values);
                this.addEventListener('message', told => {
                    if (!(told.data instanceof ArrayBuffer)) return;
                    const ended = fieldsOf(new Uint8Array(told.data)).get(6);
                    if (ended !== undefined && ended !== 2) {
                        window.runsAwaited.delete(this);
                    }
                });
                this.addEventListener('close', () => window.runsAwaited.delete(this));
            }
            send(data) {
                if (data instanceof Uint8Array && fieldsOf(data).has(11)) {
                    window.runsAwaited.add(this);
                }
                super.send(data);
            }
        };
    })()
"""
IS_AWAITED = "return (window.runsAwaited || new Set()).size > 0"
OVERFLOW = "return document.body.scrollWidth - window.innerWidth"
# What a browser keeps beside its tabs: of every origin.
FORGETTING = (
    ("Network.clearBrowserCookies", {}),
    ("Storage.clearDataForOrigin", {"origin": "*", "storageTypes": "all"}),
    ("Browser.setDownloadBehavior", {"behavior": "default"}),
)
IDLE: list[WebDriver] = []


@contextmanager
def serving(
    settings: Settings, *, module: str = "dashboards.serving", **variables: str
) -> Iterator[str]:
    """Serve the pages of an installation by a program; yield their address."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    own = {
        "EHR_HOME": str(settings.root),
        "EHR_MODE": settings.mode.value,
        "EHR_DASHBOARD_PORT": str(port),
    }
    server = subprocess.Popen(
        (sys.executable, "-m", module),
        cwd=PROJECT,
        env=os.environ | own | variables,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_for_port(port)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(20)


def wait_for_port(port: int) -> None:
    """Wait until somebody listens."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        with socket.socket() as client:
            if client.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.2)
    pytest.fail("the pages did not come up")


def wait_for(url: str) -> None:
    """Wait until a server answers."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        try:
            urllib.request.urlopen(url, timeout=2)  # noqa: S310 - our own server
        except OSError:
            time.sleep(0.3)
        else:
            return
    pytest.fail("the pages did not come up")


@contextmanager
def chromium(size: tuple[int, int], profile: Path | None = None) -> Iterator[WebDriver]:
    """Yield a Chromium that remembers nobody; narrow ones are phones.

    Where a test before has left one it is taken: to open another costs more than most
    tests do in it. Who names a folder for the profile gets a Chromium of its own.
    """
    browser = IDLE.pop() if IDLE and not profile else opened(profile)
    try:
        furnish(browser, size)
        yield browser
        if not profile:
            forget(browser)
            IDLE.append(browser)
    finally:
        if browser not in IDLE:
            browser.quit()


def close_idle() -> None:
    """Close the browsers that tests have left."""
    while IDLE:
        IDLE.pop().quit()


def opened(profile: Path | None) -> WebDriver:
    """Open a Chromium."""
    driver = shutil.which("chromedriver")
    if driver is None:
        pytest.skip("needs chromedriver: apt-get install chromium-driver")
    options = webdriver.ChromeOptions()
    for flag in (*FLAGS, *((f"--user-data-dir={profile}",) if profile else ())):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    browser = webdriver.Chrome(options=options, service=Service(driver))
    browser.set_script_timeout(PATIENCE)
    return browser


def furnish(browser: WebDriver, size: tuple[int, int]) -> None:
    """Give a fresh tab its size, and what tells of the runs of its pages."""
    browser.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": SOCKET})
    width, height = size
    metrics = {"width": width, "height": height, "deviceScaleFactor": 1}
    browser.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride", metrics | {"mobile": width < 500}
    )


def forget(browser: WebDriver) -> None:
    """Leave nothing of whoever used it but Streamlit's own scripts: a tab is fresh."""
    used = browser.window_handles
    browser.switch_to.new_window("tab")
    fresh = browser.current_window_handle
    for each in used:
        browser.switch_to.window(each)
        browser.close()
    browser.switch_to.window(fresh)
    for command, values in FORGETTING:
        browser.execute_cdp_cmd(command, values)
    browser.get_log("browser")


def enter(browser: WebDriver, address: str, role: PersonRole | str) -> None:
    """Open an address and sign in as a role's persona, by its own button."""
    browser.get(address)
    if browser.get_cookies():  # of somebody before
        browser.delete_all_cookies()
        browser.get(address)
    see(browser, "Demonstration")
    # By its own id: other tests may have made further accounts of the same role.
    press_by_id(browser, f"persona_{role}")
    see(browser, "Sign out")
    settle(browser)


def enter_with_password(
    browser: WebDriver, address: str, user_id: str, password: str
) -> None:
    """Open an address and type a name and a password."""
    browser.get(address)
    see(browser, "User name")
    browser.find_element(By.ID, "user_id").send_keys(user_id)
    browser.find_element(By.ID, "password").send_keys(password)
    press(browser, "Sign in")


def leave(browser: WebDriver) -> None:
    """Sign out, and wait until that is done."""
    press(browser, "Sign out")
    see(browser, "You have signed out")


def press_by_id(browser: WebDriver, name: str) -> None:
    """Press a button of the sign-in page."""
    found = WebDriverWait(browser, PATIENCE).until(
        lambda page: page.find_elements(By.ID, name), f"no button {name}"
    )
    browser.execute_script("arguments[0].click()", found[0])


def see(browser: WebDriver, text: str) -> None:
    """Wait until the page shows a text; where it does not, tell what it shows."""
    try:
        WebDriverWait(browser, PATIENCE).until(lambda page: text in words_on(page))
    except TimeoutException:
        pytest.fail(f"{text!r} does not appear, but:\n{words_on(browser)}")


def press(browser: WebDriver, label: str) -> None:
    """Press a button by its label; one that is drawn anew is looked for again."""
    path = f"//button[normalize-space(.)='{label}']"

    def is_pressed(page: WebDriver) -> bool:
        found = page.find_elements(By.XPATH, path)
        if found:
            page.execute_script("arguments[0].click()", found[0])
        return bool(found)

    gone = (StaleElementReferenceException,)
    waiting = WebDriverWait(browser, PATIENCE, ignored_exceptions=gone)
    waiting.until(is_pressed, f"no button {label!r}")


def awaited(browser: WebDriver, selector: str) -> WebElement:
    """Return an element once it is there: parts of a page come one after another."""
    return WebDriverWait(browser, PATIENCE).until(
        lambda page: page.find_elements(By.CSS_SELECTOR, selector),
        f"no {selector} appears",
    )[0]


def settle(browser: WebDriver) -> None:
    """Wait until the page has finished running."""
    WebDriverWait(browser, PATIENCE).until(
        lambda page: (
            not page.execute_script(IS_AWAITED)
            and not page.find_elements(By.CSS_SELECTOR, IS_RUNNING)
        ),
        "the page does not finish",
    )


def words_on(browser: WebDriver) -> str:
    """Return what the page shows; nothing while one page gives way to the next."""
    return browser.execute_script("return document.body?.innerText ?? ''")


def failures_on(browser: WebDriver) -> list[str]:
    """Return the signs of failure that the page shows."""
    shown = words_on(browser)
    return [words for words in FAILURES if words in shown]


def refusals_on(browser: WebDriver) -> list[str]:
    """Return what the browser's console says of things that our policy forbids."""
    said = [entry["message"] for entry in browser.get_log("browser")]
    return [words for words in said if "Content Security Policy" in words]


def go_to(browser: WebDriver, path: str) -> None:
    """Go to a page of the running session, as the browser does with a link."""
    browser.execute_script(
        "history.pushState({}, '', arguments[0]);"
        "window.dispatchEvent(new PopStateEvent('popstate', {state: {}}))",
        path,
    )
