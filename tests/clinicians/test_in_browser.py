"""Doctor and nurse do each of their actions once in Chromium, and see them on a chart.

At once as being processed, and after a landing and a build as part of the chart.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from selenium.webdriver.remote.webdriver import WebDriver

from dashboards.writing.menu import MENU
from pipelines.access.drafts import keep_draft
from pipelines.database.connections import connect
from pipelines.database.roles import Role
from pipelines.record.actions.entry import Change
from pipelines.record.actions.permissions import may
from pipelines.record.actions.saving import save as save_entries
from tests.clinicians.conftest import Clinic
from tests.clinicians.filling_in import (
    choose,
    click,
    fill,
    found,
    pick,
    save,
    search,
    select,
    tick,
    write,
)
from tests.demonstration.chromium import (
    OVERFLOW,
    chromium,
    enter,
    failures_on,
    go_to,
    press,
    see,
    serving,
    settle,
    words_on,
)

DESKTOP, PHONE = (1280, 1800), (390, 844)
TABS = ("Notes", "Plans", "Orders", "Doses", "Requests", "History", "Scores")

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def address(clinic: Clinic) -> Iterator[str]:
    """Yield the address of the pages."""
    with serving(clinic.settings) as served:
        yield served


@pytest.fixture
def browser(tmp_path: Path) -> Iterator[WebDriver]:
    """Yield a fresh Chromium."""
    with chromium(DESKTOP, tmp_path) as opened:
        yield opened


def open_chart(browser: WebDriver, clinic: Clinic, address: str, role: str) -> None:
    """Sign in, and open the patient's chart."""
    enter(browser, address, role)
    if role == "doctor":
        reopen_chart(browser, clinic)
        return
    go_to(browser, "/patients")
    see(browser, "Narrow the list")
    press(browser, clinic.name)
    see(browser, "Visits")
    settle(browser)


def ask(clinic: Clinic) -> None:
    """Let the patient ask for a refill, and for a correction."""
    medicine = clinic.medicines()[0]
    now = datetime.now(UTC)
    wish = {
        "request_type_code": "refill",
        "prescription_id": medicine.record_id,
        "drug_name": medicine.values["drug_name"],
        "requester_code": "patient",
        "request_text": "only two tablets left",
        "status_code": "requested",
        "requested_at": now,
    }
    correction = {
        "subject_code": "conditions",
        "request_text": "this was my sister",
        "status_code": "requested",
        "requested_at": now,
    }
    for action, values in (
        ("request medication change", wish),
        ("ask for correction", correction),
    ):
        change = Change(action, clinic.patient_key, values)
        save_entries(clinic.settings, clinic.patient, [change])


def double_click(browser: WebDriver, label: str) -> None:
    """Click a button twice before the page can answer."""
    button = found(browser, f"//button[normalize-space(.)='{label}']", label)
    browser.execute_script("arguments[0].click(); arguments[0].click()", button)


def test_a_doctor_writes_diagnoses_plans_prescribes_and_sees_it_on_the_chart(
    browser: WebDriver, clinic: Clinic, address: str
) -> None:
    open_chart(browser, clinic, address, "doctor")
    writes_and_corrects_a_note(browser, clinic)
    diagnoses(browser)
    plans(browser)
    prescribes(browser)

    assert failures_on(browser) == []
    assert "being processed" in words_on(browser)
    clinic.to_the_marts()
    reopen_chart(browser, clinic)
    assert "being processed" not in words_on(browser)
    see(browser, "Iron deficiency anemia")
    assert in_marts(clinic, "fct_notes", "author_name", clinic.doctor.display_name) >= 1
    assert in_marts(clinic, "fct_care_plans", "goal_text", "Weight below 80 kg") == 1


def test_a_doctor_orders_refers_answers_reviews_and_sees_it_on_the_chart(
    browser: WebDriver, clinic: Clinic, address: str
) -> None:
    ask(clinic)
    open_chart(browser, clinic, address, "doctor")
    orders_refers_and_books(browser, clinic)
    answers_requests(browser, clinic)
    reviews_the_medicines(browser, clinic)

    assert failures_on(browser) == []
    clinic.to_the_marts()
    reopen_chart(browser, clinic)
    assert "being processed" not in words_on(browser)
    assert in_marts(clinic, "fct_lab_orders", "test_name", "Basic metabolic panel") == 1
    assert in_marts(clinic, "fct_referrals", "specialty_name", "Nephrology") == 1
    assert in_marts(clinic, "fct_appointments", "status_code", "booked") >= 1


def reopen_chart(browser: WebDriver, clinic: Clinic) -> None:
    """Go to the patient's chart again."""
    go_to(browser, "/patients")
    see(browser, "Find a patient")
    fill(browser, "Find a patient", clinic.number)
    press(browser, clinic.name)
    see(browser, "Visits")
    settle(browser)


def in_marts(clinic: Clinic, mart: str, column: str, value: str) -> int:
    """Return how many rows of the patient a mart has with a value."""
    with connect(clinic.settings, Role.BUILDER) as builder:
        return builder.execute(
            f"select count(*) from marts.{mart} "  # noqa: S608 - names of this module
            f"where patient_key = %s and {column} = %s",
            (clinic.patient_key, value),
        ).fetchone()[0]


def writes_and_corrects_a_note(browser: WebDriver, clinic: Clinic) -> None:
    """Write a note, clicking twice, and put another text in its place."""
    choose(browser, "Note")
    write(browser, "Text", "Pain in the left foot.")
    press(browser, "Check and go on")
    see(browser, "You are about to sign a note")
    settle(browser)
    double_click(browser, "Save")
    see(browser, "Note signed")
    settle(browser)
    mine = [
        each
        for each in clinic.written("notes")
        if each.values["note_text"] == "Pain in the left foot."
    ]
    assert len(mine) == 1
    choose(browser, "Correct my entries")
    select(browser, "Which entry", "Pain in the left foot")
    write(browser, "Text", "Pain in the right foot.")
    fill(browser, "Reason", "wrong side")
    press(browser, "Check and go on")
    see(browser, "Text before: Pain in the left foot.")
    save_again(browser, "Corrected")
    assert clinic.written("notes")[-1].values["note_text"] == "Pain in the right foot."


def save_again(browser: WebDriver, done: str) -> None:
    """Save what stands at the last step."""
    settle(browser)
    press(browser, "Save")
    see(browser, done)
    settle(browser)


def diagnoses(browser: WebDriver) -> None:
    """Record two diagnoses; resolve one, and refute the other."""
    choose(browser, "Diagnosis")
    for sought, title in (
        ("iron deficiency anemia unspecified", "Iron deficiency anemia, unspecified"),
        ("gout, unspecified", "Gout, unspecified"),
        ("migraine, unspecified", "Migraine, unspecified"),
    ):
        search(browser, "Diagnosis", sought, title)
        save(browser, "Diagnosis recorded")
    choose(browser, "It is over", "diagnosis_what")
    select(browser, "Which diagnosis", "Gout, unspecified")
    fill(browser, "Reason", "no attack for years")
    save(browser, "Diagnosis resolved")
    choose(browser, "It was wrong", "diagnosis_what")
    select(browser, "Which diagnosis", "Migraine")
    fill(browser, "What disproved it", "tension headache")
    save(browser, "Diagnosis refuted")


def plans(browser: WebDriver) -> None:
    """Begin a plan, set another goal, and end another plan."""
    choose(browser, "Treatment plan")
    select(browser, "Plan", "Care plan")
    write(browser, "Goal", "Weight below 85 kg")
    save(browser, "Treatment plan begun")
    choose(browser, "Another goal", "plan_what")
    select(browser, "Which plan", "Weight below 85 kg")
    write(browser, "Goal", "Weight below 80 kg")
    fill(browser, "Reason", "agreed with the patient")
    save(browser, "Goal changed")
    choose(browser, "End a plan", "plan_what")
    select(browser, "Which plan", "Weight below 80 kg")
    select(browser, "How it ends", "Goal reached")
    write(browser, "What was reached", "79 kg")
    fill(browser, "Reason", "reached")
    save(browser, "Plan ended")


def prescribes(browser: WebDriver) -> None:
    """Prescribe, change the dose, and stop."""
    choose(browser, "Prescription")
    select(browser, "Medicine", "azithromycin")
    save(browser, "Prescribed")
    see(browser, "Azithromycin")
    choose(browser, "Another dose", "prescription_what")
    select(browser, "Which medicine", "Azithromycin")
    fill(browser, "Dose", "500")
    fill(browser, "Reason", "severe")
    save(browser, "Dose changed")
    choose(browser, "Stop", "prescription_what")
    select(browser, "Which medicine", "Azithromycin")
    select(browser, "Why", "No longer needed")
    fill(browser, "In words", "fever is gone")
    save(browser, "Stopped")


def orders_refers_and_books(browser: WebDriver, clinic: Clinic) -> None:
    """Order blood and an image, refer, and book a follow-up that was begun before."""
    choose(browser, "Order")
    pick(browser, "Tests and panels", "Basic metabolic")
    save(browser, "Ordered")
    select(browser, "Kind", "Imaging")
    pick(browser, "Examinations", "Plain X-ray of chest")
    write(browser, "Question", "pneumonia?")
    save(browser, "Ordered")
    choose(browser, "Referral")
    select(browser, "Where to", "Nephrology")
    write(browser, "Question", "eGFR fell")
    save(browser, "Referred")
    at = datetime.now(UTC).replace(tzinfo=None, second=0, microsecond=0)
    typed = {
        "kind": "Follow-up",
        "minutes": "20",
        "starts_at": at + timedelta(days=14),
    }
    form = f"appointment {clinic.patient_key}"
    keep_draft(clinic.settings, clinic.doctor, form, typed)
    choose(browser, "Follow-up")
    see(browser, "What you typed before is still here")
    save(browser, "Appointment booked")


def answers_requests(browser: WebDriver, clinic: Clinic) -> None:
    """Go from the queue to the chart; approve the refill, deny the correction."""
    refill = clinic.entries("medication_requests")[-1]
    correction = clinic.entries("correction_requests")[-1]
    go_to(browser, "/requests")
    see(browser, "only two tablets left")
    click(browser, found(browser, button_of(f"answer_{refill.record_id}"), "Answer"))
    see(browser, "What the patient reads")
    form = form_of(f"answer_{refill.record_id}")
    select(browser, "Answer", "Approve", form)
    save(browser, "Request answered", form)
    assert clinic.entries("medication_requests")[-1].values["status_code"] == "approved"
    form = form_of(f"answer_correction_{correction.record_id}")
    select(browser, "Answer", "Deny", form)
    write(browser, "What the patient reads", "The result is yours.", form)
    save(browser, "Request answered", form)
    assert clinic.entries("correction_requests")[-1].values["status_code"] == "denied"


def form_of(name: str) -> str:
    """Return the path of a form by its name."""
    return f"//div[contains(@class, 'st-key-form_{name}')]"


def reviews_the_medicines(browser: WebDriver, clinic: Clinic) -> None:
    """Look at every medicine, and sign."""
    choose(browser, "Medication review")
    for entry in clinic.medicines():
        field = f"//div[contains(@class, '{entry.record_id}')]"
        select(browser, "", "Continue", field)
    write(browser, "Conclusion", "Well tolerated.")
    tick(browser, "I have reviewed every medicine *")
    save(browser, "Medication review signed off")


def test_a_nurse_does_each_action_and_sees_it_on_the_chart(
    browser: WebDriver, clinic: Clinic, address: str
) -> None:
    open_chart(browser, clinic, address, "nurse")
    gives_and_withholds(browser, clinic)
    measures(browser)
    takes_history(browser)
    choose(browser, "Note")
    write(browser, "Text", "Slept well.")
    save(browser, "Note signed")
    makes_a_round(browser, clinic)

    assert failures_on(browser) == []
    clinic.to_the_marts()
    assert in_marts(clinic, "fct_administrations", "status_code", "given") >= 1
    assert in_marts(clinic, "fct_administrations", "status_code", "withheld") == 1
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


def button_of(key: str) -> str:
    """Return the path of a button by its key."""
    return f"//div[contains(@class, 'st-key-{key}')]//button"


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
    before = clinic.versions("vital_signs")
    press(browser, "Check and go on")
    see(browser, "1 values of 1 patients")
    settle(browser)
    press(browser, "Save")
    see(browser, "recorded. They show on the charts")
    assert clinic.versions("vital_signs") == before + 1


@pytest.mark.parametrize("role", ["doctor", "nurse"])
def test_every_form_fits_on_a_phone(
    role: str, clinic: Clinic, address: str, tmp_path: Path
) -> None:
    with chromium(PHONE, tmp_path) as phone:
        open_chart(phone, clinic, address, role)
        person = clinic.doctor if role == "doctor" else clinic.nurse
        wide = []
        for label in [each.label for each in MENU if may(person, each.action)]:
            choose(phone, label)
            if phone.execute_script(OVERFLOW) > 0:
                wide.append(label)

        assert wide == []
        assert failures_on(phone) == []
