"""Filling in forms in Chromium, by the labels that people read."""

from contextlib import suppress

from selenium.common.exceptions import (
    ElementNotInteractableException,
    StaleElementReferenceException,
)
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webdriver import WebDriver
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import WebDriverWait

from tests.demonstration.chromium import PATIENCE, see, settle

# ``{inside}`` is the path of the form, where there are several.
BOX = (
    "{inside}//div[@data-testid='{kind}']"
    "[.//label[starts-with(normalize-space(.), '{label}')]]//{inner}"
)
DRAWN_ANEW = (ElementNotInteractableException, StaleElementReferenceException)
FOUND = (
    "//div[@data-testid='stSelectbox']"
    "[.//label[contains(normalize-space(.), ' found')]]//input"
)
SHOWN_TEXT = (
    "//div[contains(@class, 'st-key-{key}')]//*[normalize-space(text())='{text}']"
)
TIMED = (
    "//div[@data-testid='stDateInput' or @data-testid='stDateTimeInput']"
    "[.//label[starts-with(normalize-space(.), '{label}')]]//*[@data-type='year']"
)
BUTTON = "{inside}//button[normalize-space(.)='{label}']"
CLICK = """
    arguments[0].scrollIntoView({block: 'center'});
    arguments[0].click()
"""
GO_ON = "Check and go on"
CELLS = """
    return [...document.querySelectorAll('canvas td, canvas th')]
        .map(cell => cell.textContent).join(' | ')
"""
GRID = "//div[@data-testid='stDataFrame']//canvas[@data-testid='data-grid-canvas']"
ROW_HEIGHT, FIRST_CELL = 35, 60
# A cell opens, and takes a sign, no faster than a hand is: it loses what comes sooner.
SECONDS_OF_A_KEY = 0.3
PLACE = """
    const [grid, row, column] = arguments;
    const heads = [...grid.querySelectorAll('th')].map(each => each.textContent);
    const rows = [...grid.querySelectorAll('tbody tr')];
    return [
        heads.findIndex(each => each.startsWith(column)),
        1 + rows.findIndex(each => each.textContent.includes(row)),
    ];
"""
OPEN = "//button[normalize-space(.)='{label}'][not(@disabled)]"
TICKED = "//label[.//*[normalize-space(text())='{label}']]//input[@type='checkbox']"
CONSIDERED = "I have considered this"


def found(browser: WebDriver, path: str, what: str) -> WebElement:
    """Wait for an element: of those that are seen the last, or the last of all.

    A form in a folded part has the same buttons; the input of a box is never seen.
    """
    settle(browser)

    def look(page: WebDriver) -> list[WebElement]:
        elements = page.find_elements(By.XPATH, path)
        return [each for each in elements if each.is_displayed()] or elements

    gone = (StaleElementReferenceException,)  # drawn anew while it is looked at
    waiting = WebDriverWait(browser, PATIENCE, ignored_exceptions=gone)
    return waiting.until(look, f"no {what}")[-1]


def click_on(browser: WebDriver, path: str, what: str) -> None:
    """Wait for an element and click it; one that is drawn anew is looked for again."""

    def is_clicked(_: WebDriver) -> bool:
        element = found(browser, path, what)
        try:
            browser.execute_script(CLICK, element)
        except StaleElementReferenceException:
            return False
        return True

    WebDriverWait(browser, PATIENCE).until(is_clicked, f"cannot click {what}")
    settle(browser)


def click(browser: WebDriver, element: WebElement) -> None:
    """Click an element wherever it lies."""
    browser.execute_script(CLICK, element)
    settle(browser)


def open_form(browser: WebDriver, label: str) -> None:
    """Open what a button folds out; the button bears a sign beside its label."""
    begins = f"starts-with(normalize-space(.), '{label}')"
    path = f"//*[@data-testid='stPopover']//button[{begins}]"
    click_on(browser, path, f"form {label!r}")


def choose(browser: WebDriver, what: str, key: str = "writing") -> None:
    """Choose what to write, or which of its forms."""
    click_on(browser, SHOWN_TEXT.format(key=key, text=what), what)


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

    def has_typed(_: WebDriver) -> bool:
        field = found(browser, path, f"field {label!r}")
        try:
            field.send_keys(Keys.CONTROL, "a")
            field.send_keys(text)
            field.send_keys(Keys.TAB)
        except StaleElementReferenceException:  # drawn anew meanwhile
            return False
        return True

    WebDriverWait(browser, PATIENCE).until(has_typed, f"cannot type into {label!r}")
    settle(browser)


def value_of(browser: WebDriver, label: str, *, is_long: bool = False) -> str:
    """Return what stands in a field."""
    kind, inner = ("stTextArea", "textarea") if is_long else ("stTextInput", "input")
    path = BOX.format(inside="", kind=kind, label=label, inner=inner)
    return found(browser, path, f"field {label!r}").get_property("value")


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


def type_time(browser: WebDriver, label: str, digits: str) -> None:
    """Type a day, or a day and a time, by its digits alone, and leave the field."""
    path = TIMED.format(label=label)
    first = found(browser, path, f"day or time {label!r}")
    browser.execute_script("arguments[0].scrollIntoView({block: 'center'})", first)
    first.click()
    typing = ActionChains(browser)
    for digit in digits:
        typing.send_keys(digit)
    typing.send_keys(Keys.TAB).send_keys(Keys.TAB).perform()
    settle(browser)


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
    click_on(browser, TICKED.format(label=label), f"box {label!r}")


def save(browser: WebDriver, done: str, inside: str = "") -> None:
    """Check, read back, save, and see that it was."""
    check = BUTTON.format(inside=inside, label=GO_ON)
    click_on(browser, check, "way to the last step")
    see(browser, "You are about to")
    confirm(browser)
    settle(browser)  # the same words may stand on the page already
    see(browser, done)


def refused(browser: WebDriver, *words: str) -> None:
    """Try to go on with a form that is not right yet; see why it does not."""
    click_on(browser, BUTTON.format(inside="", label=GO_ON), "go on")
    see(browser, "Not saved: some of it has to be mended first.")
    for each in words:
        see(browser, each)


def cells_on(browser: WebDriver) -> str:
    """Return what the tables of the page show; they are drawn, not written."""
    return browser.execute_script(CELLS)


def confirm(browser: WebDriver) -> None:
    """Consider what has to be, and save.

    The button opens only once the server has the tick: a click before that would be
    lost, and a busy server lets one wait for it. A tick that was lost, because the page
    was drawn anew, is set again.
    """
    found(browser, BUTTON.format(inside="", label="Save"), "last step")

    def is_open(page: WebDriver) -> bool:
        if page.find_elements(By.XPATH, OPEN.format(label="Save")):
            return True
        with suppress(StaleElementReferenceException):
            boxes = page.find_elements(By.XPATH, TICKED.format(label=CONSIDERED))
            if boxes and not boxes[-1].is_selected():
                tick(page, CONSIDERED)
        return False

    WebDriverWait(browser, PATIENCE).until(is_open, "the last step does not open")
    press_open(browser, "Save")


def _place_in(
    browser: WebDriver, grid: WebElement, row: str, column: str
) -> tuple[int, int] | None:
    """Return where a cell is, once the grid has told its rows and columns."""
    across, down = browser.execute_script(PLACE, grid, row, column)
    return (across, down) if across >= 0 and down >= 1 else None


def type_into_cell(browser: WebDriver, row: str, column: str, value: str) -> None:
    """Type into the cell of a grid, as one does after a click on its row.

    The grid is a picture; its rows and columns are told by the table that it keeps for
    those who cannot see it.
    """
    grid = found(browser, GRID, "grid")
    across, down = WebDriverWait(browser, PATIENCE).until(
        lambda page: _place_in(page, grid, row, column), f"no cell of {row}, {column}"
    )
    hand = ActionChains(browser).move_to_element_with_offset(
        grid,
        FIRST_CELL - grid.size["width"] // 2,
        (down + 0.5) * ROW_HEIGHT - grid.size["height"] // 2,
    )
    hand.click()
    for key in (*[Keys.ARROW_RIGHT] * across, Keys.ENTER, *value, Keys.ENTER):
        hand.pause(SECONDS_OF_A_KEY).send_keys(key)
    hand.perform()
    WebDriverWait(browser, PATIENCE).until(
        lambda _: value in cells_on(browser), f"{value} does not stand in the grid"
    )
    settle(browser)


def press_open(browser: WebDriver, label: str) -> None:
    """Press a button once it can be pressed."""
    click_on(browser, OPEN.format(label=label), f"open button {label!r}")


def _choose(browser: WebDriver, path: str, what: str, option: str) -> None:
    """Choose by typing; a list that is drawn anew meanwhile is asked again."""

    def has_chosen(_: WebDriver) -> bool:
        field = found(browser, path, what)
        try:
            field.send_keys(Keys.CONTROL, "a")
            field.send_keys(option)
            field.send_keys(Keys.ENTER)
        except DRAWN_ANEW:
            return False
        with suppress(*DRAWN_ANEW):  # a list may go with its choice
            field.send_keys(Keys.TAB)  # what was typed and not chosen goes
        settle(browser)
        return _has_taken(browser, path, option)

    WebDriverWait(browser, PATIENCE).until(
        has_chosen, f"{option!r} cannot be chosen from {what}"
    )


def _has_taken(browser: WebDriver, path: str, option: str) -> bool:
    """Return whether a list closed over what was typed; one that is gone has, too.

    A list also finds an option of which only some words were typed.
    """
    sought = option.casefold().split()
    lists = browser.find_elements(By.XPATH, path)
    try:
        chosen = [
            each.get_property("value").casefold()
            for each in lists
            if each.get_attribute("aria-expanded") == "false"
        ]
    except StaleElementReferenceException:  # drawn anew meanwhile
        return False
    return not lists or any(all(word in one for word in sought) for one in chosen)
