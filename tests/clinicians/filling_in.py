"""Filling in forms in Chromium, by the labels that people read."""

from selenium.common.exceptions import (
    ElementNotInteractableException,
    StaleElementReferenceException,
)
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webdriver import WebDriver
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import WebDriverWait

from tests.demonstration.chromium import PATIENCE, press, see, settle, words_on

# ``{inside}`` is the path of the form, where there are several.
BOX = (
    "{inside}//div[@data-testid='{kind}']"
    "[.//label[starts-with(normalize-space(.), '{label}')]]//{inner}"
)
FOUND = (
    "//div[@data-testid='stSelectbox']"
    "[.//label[contains(normalize-space(.), ' found')]]//input"
)
SHOWN_TEXT = (
    "//div[contains(@class, 'st-key-{key}')]//*[normalize-space(text())='{text}']"
)
BUTTON = "{inside}//button[normalize-space(.)='{label}']"
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


def fill(
    browser: WebDriver,
    label: str,
    text: str,
    kind: str = "stTextInput",
    inside: str = "",
) -> None:
    """Type into a field, and leave it."""
    inner = "textarea" if kind == "stTextArea" else "input"
    path = BOX.format(inside=inside, kind=kind, label=label, inner=inner)
    field = found(browser, path, f"field {label!r}")
    field.send_keys(Keys.CONTROL, "a")
    field.send_keys(text)
    field.send_keys(Keys.TAB)
    settle(browser)


def write(browser: WebDriver, label: str, text: str, inside: str = "") -> None:
    """Type into a field of several lines."""
    fill(browser, label, text, "stTextArea", inside)


def select(browser: WebDriver, label: str, option: str, inside: str = "") -> None:
    """Choose an option by typing a part of it."""
    path = BOX.format(inside=inside, kind="stSelectbox", label=label, inner="input")
    _choose(browser, path, f"list {label!r}", option)


def search(browser: WebDriver, label: str, sought: str, title: str) -> None:
    """Search a code, and choose what has a title."""
    fill(browser, label, sought)
    _choose(browser, FOUND, f"anything for {sought!r}", title)


def pick(browser: WebDriver, label: str, option: str) -> None:
    """Choose one of several options."""
    path = BOX.format(inside="", kind="stMultiSelect", label=label, inner="input")
    field = found(browser, path, f"list {label!r}")
    field.send_keys(option)
    field.send_keys(Keys.ENTER)
    field.send_keys(Keys.ESCAPE)
    settle(browser)


def tick(browser: WebDriver, label: str) -> None:
    """Tick a box."""
    path = f"//label[.//*[normalize-space(text())='{label}']]//input[@type='checkbox']"
    click(browser, found(browser, path, f"box {label!r}"))


def save(browser: WebDriver, done: str, inside: str = "") -> None:
    """Check, read back, save, and see that it was."""
    check = BUTTON.format(inside=inside, label="Check and go on")
    click(browser, found(browser, check, "way to the last step"))
    see(browser, "You are about to")
    settle(browser)
    if CONSIDERED in words_on(browser):
        tick(browser, CONSIDERED)
    press(browser, "Save")
    see(browser, done)
    settle(browser)


def _choose(browser: WebDriver, path: str, what: str, option: str) -> None:
    """Choose by typing; a list that is drawn anew meanwhile is looked for again."""

    def has_chosen(_: WebDriver) -> bool:
        field = found(browser, path, what)
        try:
            field.send_keys(Keys.CONTROL, "a")
            field.send_keys(option)
            field.send_keys(Keys.ENTER)
        except (ElementNotInteractableException, StaleElementReferenceException):
            return False
        return True

    WebDriverWait(browser, PATIENCE).until(has_chosen, f"cannot choose from {what}")
    settle(browser)
