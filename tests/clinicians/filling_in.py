"""Filling in forms in Chromium, by the labels that people read."""

from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webdriver import WebDriver
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import WebDriverWait

from tests.demonstration.chromium import PATIENCE, press, see, settle

BOX = (
    "//div[@data-testid='{kind}']"
    "[.//label[starts-with(normalize-space(.), '{label}')]]//{inner}"
)
SHOWN_TEXT = (
    "//div[contains(@class, 'st-key-{key}')]//*[normalize-space(text())='{text}']"
)
CONSIDERED = "I have considered this"


def found(browser: WebDriver, path: str, what: str) -> WebElement:
    """Wait for an element, the last of those that there are."""
    settle(browser)
    elements = WebDriverWait(browser, PATIENCE).until(
        lambda page: page.find_elements(By.XPATH, path), f"no {what}"
    )
    return elements[-1]


def click(browser: WebDriver, element: WebElement) -> None:
    """Click an element wherever it lies."""
    browser.execute_script("arguments[0].scrollIntoView({block: 'center'})", element)
    browser.execute_script("arguments[0].click()", element)
    settle(browser)


def choose(browser: WebDriver, what: str, key: str = "writing") -> None:
    """Choose what to write, or which of its forms."""
    click(browser, found(browser, SHOWN_TEXT.format(key=key, text=what), what))


def fill(browser: WebDriver, label: str, text: str, kind: str = "stTextInput") -> None:
    """Type into a field, and leave it."""
    inner = "textarea" if kind == "stTextArea" else "input"
    path = BOX.format(kind=kind, label=label, inner=inner)
    field = found(browser, path, f"field {label!r}")
    field.send_keys(Keys.CONTROL, "a")
    field.send_keys(text)
    field.send_keys(Keys.CONTROL, Keys.ENTER) if inner == "textarea" else None
    field.send_keys(Keys.TAB)
    settle(browser)


def write(browser: WebDriver, label: str, text: str) -> None:
    """Type into a field of several lines."""
    fill(browser, label, text, "stTextArea")


def select(browser: WebDriver, label: str, option: str) -> None:
    """Choose an option by typing a part of it."""
    path = BOX.format(kind="stSelectbox", label=label, inner="input")
    field = found(browser, path, f"list {label!r}")
    field.send_keys(Keys.CONTROL, "a")
    field.send_keys(option)
    field.send_keys(Keys.ENTER)
    settle(browser)


def tick(browser: WebDriver, label: str) -> None:
    """Tick a box."""
    path = f"//label[.//*[normalize-space(text())='{label}']]//input[@type='checkbox']"
    click(browser, found(browser, path, f"box {label!r}"))


def save(browser: WebDriver, done: str) -> None:
    """Check, read back, save, and see that it was."""
    press(browser, "Check and go on")
    see(browser, "You are about to")
    settle(browser)
    if browser.find_elements(
        By.XPATH, "//*[normalize-space(text())='I have considered this']"
    ):
        tick(browser, "I have considered this")
    press(browser, "Save")
    see(browser, done)
    settle(browser)
