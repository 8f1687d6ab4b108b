"""The page of the active list, of several sources: what it marks, and on a phone."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webdriver import WebDriver
from streamlit.testing.v1 import AppTest

from pipelines.access.assignments import assign_patient
from pipelines.access.people import PersonRole
from pipelines.database.connections import connect
from pipelines.database.roles import Role
from pipelines.settings import Settings
from tests.dashboards.test_glass import LABELLED
from tests.dashboards.test_pages import INTERNAL, app, sign_in, texts
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

__all__ = ["app"]  # a fixture
ROWS = Path(__file__).with_name("active_list.sql")
OWN = {
    "fct_medication_history": "prescription_key",
    "fct_active_medications": "prescription_key",
    "fct_prescription_ingredients": "prescription_key",
    "fct_dispenses": "dispense_key",
    "fct_medication_exposures": "exposure_key",
}
SIZES = {"desktop": DESKTOP, "phone": PHONE}


@pytest.fixture(scope="module", autouse=True)
def other_sources(hospital: Settings) -> Iterator[None]:
    """Let other sources tell of the first patient's medicines, for these tests."""
    with connect(hospital, Role.OWNER) as owner:
        owner.execute(ROWS.read_text())
        assign_patient(owner, "doctor", 1, "treats")
    yield
    with connect(hospital, Role.OWNER) as owner:
        owner.execute("delete from access.assignment where user_id = 'doctor'")
        for mart, key in OWN.items():
            owner.execute(
                f"delete from marts.{mart} where {key} ~ ':L'"  # noqa: S608
            )


def opened(app: AppTest, user_id: str = "doctor", patient_key: int = 1) -> AppTest:
    """Open the list of a patient."""
    sign_in(app, user_id)
    app.session_state["patient_key"] = patient_key
    app.switch_page(f"views/{user_id}/active_list.py").run()
    assert not app.exception
    return app


def test_each_discrepancy_has_its_sign_and_word(app: AppTest) -> None:
    said = texts(opened(app))

    assert "≠ Different dose" in said
    assert "◐ In one source only: clinic, as the patient says" in said
    assert "? Known to no list of medicines" in said
    assert "‼ Stopped, but dispensed later: stopped in hospital" in said
    assert "!! Contraindicated alert: " in said
    assert "● Undecided" in said
    for word in INTERNAL:
        assert word not in said


def test_the_sources_stand_side_by_side(app: AppTest) -> None:
    tables = [each.value for each in opened(app).table]
    metformin = next(
        each for each in tables if each["Medicine"].iloc[0].startswith("Metformin")
    )

    assert list(metformin.index) == ["Clinic", "Hospital"]
    assert list(metformin["Dose"]) == ["500 mg", "1000 mg"]
    assert list(metformin["Last dispensed or given"]) == [
        "dispensed 2 Jun 2026",
        "not known",
    ]
    assert list(metformin["Supply until"]) == ["1 Aug 2026", "20 Jul 2026"]
    assert list(metformin["Known by"]) == ["its code", "not known to any list"]


def test_who_does_not_treat_is_told_no_decision_and_signs_nothing(
    hospital: Settings, app: AppTest
) -> None:
    with connect(hospital, Role.OWNER) as owner:
        owner.execute("delete from access.assignment where user_id = 'doctor'")
    try:
        page = opened(app)
    finally:
        with connect(hospital, Role.OWNER) as owner:
            assign_patient(owner, "doctor", 1, "treats")

    assert "You cannot sign this list" in texts(page)
    assert "Undecided" not in texts(page)
    assert not page.selectbox


def test_what_is_kept_to_the_team_is_not_on_the_list_and_is_told(
    hospital: Settings, app: AppTest
) -> None:
    with connect(hospital, Role.OWNER) as owner:
        owner.execute(LABELLED)
    try:
        said = texts(opened(app, patient_key=3))
    finally:
        with connect(hospital, Role.OWNER) as owner:
            owner.execute("drop table marts.fct_labelled_facts")

    assert "This is not all: 1 medicine kept" in said
    assert "No source tells of a medicine" not in said


def test_nobody_sees_the_list_of_who_is_not_open_to_them(app: AppTest) -> None:
    said = texts(opened(app, "nurse", 2))

    assert "This patient's record is not open to you" in said
    assert "Metformin" not in said


@pytest.mark.browser
@pytest.mark.parametrize("size", SIZES)
def test_the_list_is_read_and_decided_in_a_browser(
    hospital: Settings, size: str
) -> None:
    with serving(hospital) as address, chromium(SIZES[size]) as browser:
        enter(browser, address, PersonRole.DOCTOR)
        go_to(browser, "/patients")
        see(browser, "Find a patient")
        awaited(browser, "input[type=text]").send_keys("meyr", Keys.ENTER)
        press(browser, "Meyer, Ada")
        see(browser, "Active list, from every source")
        go_to(browser, "/active_list")
        see(browser, "Active list of medicines")
        settle(browser)

        assert "≠ Different dose" in words_on(browser)
        assert browser.execute_script(OVERFLOW) <= 0
        assert_reached_by_keys(browser)
        assert failures_on(browser) == []
        assert refusals_on(browser) == []


def assert_reached_by_keys(browser: WebDriver) -> None:
    """Press the tab key until a field of the form has the focus."""
    for _ in range(80):
        browser.switch_to.active_element.send_keys(Keys.TAB)
        label = browser.switch_to.active_element.get_attribute("aria-label") or ""
        if "Reconciled at" in label:
            return
    pytest.fail("no field of the form is reached by keys")
