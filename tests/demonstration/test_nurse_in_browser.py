"""A nurse does each action once in Chromium, and the marts have it.

How long each took from saving to the marts is written into the report of the test.
"""

import pytest
from selenium.webdriver.remote.webdriver import WebDriver

from pipelines.access.drafts import keep_draft
from pipelines.access.people import PersonRole
from tests.clinicians.conftest import Clinic
from tests.clinicians.filling_in import (
    choose,
    click,
    confirm,
    fill,
    found,
    press_open,
    save,
    search,
    select,
    type_into_cell,
    write,
)
from tests.demonstration.arrivals import Told
from tests.demonstration.building import watching
from tests.demonstration.chromium import (
    enter,
    failures_on,
    go_to,
    press,
    see,
    settle,
    words_on,
)
from tests.demonstration.clinicians_patient import button_of, in_marts, open_as
from tests.versions import versions

pytestmark = pytest.mark.browser


def test_a_nurse_does_each_action_and_sees_it_on_the_chart(
    browser: WebDriver, clinic: Clinic, address: str, told: Told
) -> None:
    # The simulated ward may have withheld a dose of this patient before.
    withheld = in_marts(clinic, "fct_administrations", "status_code", "withheld")
    open_as(browser, clinic, address, PersonRole.NURSE)
    with watching(clinic.settings) as builds:
        gives_and_withholds(browser, clinic)
        measures(browser)
        takes_history(browser)
        choose(browser, "Note")
        write(browser, "Text", "Slept well.")
        save(browser, "Note signed")
        makes_a_round(browser, clinic)

        assert failures_on(browser) == []
        told(builds.wait("nurse"))
    assert in_marts(clinic, "fct_administrations", "status_code", "given") >= 1
    now_withheld = in_marts(clinic, "fct_administrations", "status_code", "withheld")
    assert now_withheld == withheld + 1
    assert in_marts(clinic, "fct_family_history", "relationship_code", "mother") >= 1
    assert in_marts(clinic, "fct_questionnaire_responses", "answer_text", "55") == 1
    assert in_marts(clinic, "fct_allergies", "substance_name", "Shellfish") == 1
    assert in_marts(clinic, "fct_vital_signs", "value_text", "38.1") == 1


def gives_and_withholds(browser: WebDriver, clinic: Clinic) -> None:
    """Give one medicine and withhold another."""
    first, second = clinic.medicines()[:2]
    choose(browser, "Give medicines")
    click(browser, found(browser, button_of(f"give_{first.record_id}"), "Give"))
    save(browser, "Every nurse of this patient sees it")
    name = f"not_given_{second.record_id}"
    click(browser, found(browser, button_of(name), "Not given"))
    select(browser, "What happened", "Withheld")
    select(browser, "Why", "Fasting")
    save(browser, "Every nurse of this patient sees it")
    see(browser, f"by {clinic.nurse.display_name}, being processed")


def measures(browser: WebDriver) -> None:
    """Record vital signs and scores."""
    choose(browser, "Vital signs")
    fill(browser, "Systolic", "131")
    fill(browser, "Diastolic", "79")
    fill(browser, "Body temperature", "38.1")
    save(browser, "Vital signs recorded")
    choose(browser, "Scores")
    fill(browser, "Fall risk", "55")
    save(browser, "Scores recorded")


def takes_history(browser: WebDriver) -> None:
    """Record an allergy, family history, and the way of life."""
    choose(browser, "Allergy")
    select(browser, "Substance", "Shellfish")
    select(browser, "Criticality", "High")
    fill(browser, "Reaction", "Hives")
    select(browser, "Severity", "Moderate")
    save(browser, "Allergy recorded")
    see(browser, "Shellfish")
    choose(browser, "History")
    select(browser, "Relative", "Mother")
    search(browser, "Condition", "C50", "Malignant neoplasm of breast")
    fill(browser, "Age at onset", "61")
    save(browser, "Family history recorded")
    choose(browser, "Way of life", "history_what")
    select(browser, "Tobacco", "Former smoker")
    save(browser, "Answer recorded")


def makes_a_round(browser: WebDriver, clinic: Clinic) -> None:
    """Find in the grid of the ward what was typed before, and save it at once."""
    typed = {"grid": {str(clinic.patient_key): {"8867-4": "67"}}}
    keep_draft(clinic.settings, clinic.nurse, "ward round", typed)
    go_to(browser, "/ward_round")
    see(browser, "What you typed before is still here")
    settle(browser)
    before = versions(clinic.settings, "vital_signs")
    press(browser, "Check and go on")
    see(browser, "1 value of 1 patient")
    confirm(browser)
    see(browser, "recorded. They show on the charts")
    assert versions(clinic.settings, "vital_signs") == before + 1


def test_a_nurse_types_a_round_into_the_cells_of_the_grid(
    browser: WebDriver, clinic: Clinic, address: str
) -> None:
    enter(browser, address, PersonRole.NURSE)
    go_to(browser, "/ward_round")
    see(browser, "Check and go on")
    before = versions(clinic.settings, "vital_signs")
    press_open(browser, "Check and go on")
    see(browser, "Not saved: no value is filled in.")

    type_into_cell(browser, clinic.name, "Heart rate", "73")
    type_into_cell(browser, clinic.name, "Temperature", "37.4")
    press_open(browser, "Check and go on")
    see(
        browser, f"{clinic.name}, {clinic.number}: Heart rate 73, Body temperature 37.4"
    )
    assert versions(clinic.settings, "vital_signs") == before
    confirm(browser)
    see(browser, "2 values of 1 patient recorded. They show on the charts")

    saved = clinic.written("vital_signs")[-2:]
    values = {
        each.values["observation_code"]: each.values["value_text"] for each in saved
    }
    assert values == {"8867-4": "73", "8310-5": "37.4"}
    go_to(browser, "/patients")
    see(browser, "Narrow the list")
    press(browser, clinic.name)
    see(browser, "Heart rate 73")
    assert "being processed" in words_on(browser)
