"""A doctor does each action once in Chromium, and sees it on the patient's chart.

At once as being processed, and after the next build as part of the chart. How long each
took from saving to the marts is written into the report of the test.
"""

import re
from datetime import UTC, datetime, timedelta

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webdriver import WebDriver

from pipelines.access.drafts import keep_draft
from pipelines.access.people import PersonRole
from pipelines.record.actions.entry import Change
from pipelines.record.actions.saving import save as save_entries
from tests.clinicians.conftest import Clinic
from tests.clinicians.filling_in import (
    choose,
    click,
    confirm,
    fill,
    found,
    pick,
    refused,
    save,
    search,
    select,
    tick,
    type_time,
    write,
)
from tests.demonstration.arrivals import Told
from tests.demonstration.building import watching
from tests.demonstration.chromium import (
    failures_on,
    go_to,
    press,
    see,
    settle,
    words_on,
)
from tests.demonstration.clinicians_patient import button_of, in_marts, open_as, reopen
from tests.versions import versions

pytestmark = pytest.mark.browser


def test_a_doctor_writes_diagnoses_plans_prescribes_and_sees_it_on_the_chart(
    browser: WebDriver, clinic: Clinic, address: str, told: Told
) -> None:
    open_as(browser, clinic, address, PersonRole.DOCTOR)
    with watching(clinic.settings) as builds:
        writes_and_corrects_a_note(browser, clinic)
        diagnoses(browser)
        plans(browser)
        prescribes(browser)

        assert failures_on(browser) == []
        assert "being processed" in words_on(browser)
        told(builds.wait("doctor"))
    reopen(browser, clinic)
    assert "being processed" not in words_on(browser)
    see(browser, "Iron deficiency anemia")
    assert in_marts(clinic, "fct_notes", "author_name", clinic.doctor.display_name) >= 1
    assert in_marts(clinic, "fct_care_plans", "goal_text", "Weight below 80 kg") == 1


def test_a_doctor_orders_refers_answers_reviews_and_sees_it_on_the_chart(
    browser: WebDriver, clinic: Clinic, address: str, told: Told
) -> None:
    ask(clinic)
    open_as(browser, clinic, address, PersonRole.DOCTOR)
    with watching(clinic.settings) as builds:
        orders_refers_and_books(browser, clinic)
        answers_requests(browser, clinic)
        reconciles_the_medicines(browser)

        assert failures_on(browser) == []
        told(builds.wait("doctor"))
    reopen(browser, clinic)
    assert "being processed" not in words_on(browser)
    assert in_marts(clinic, "fct_lab_orders", "test_name", "Basic metabolic panel") == 1
    assert in_marts(clinic, "fct_referrals", "specialty_name", "Nephrology") == 1
    assert in_marts(clinic, "fct_appointments", "status_code", "booked") >= 1


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


def double_click(browser: WebDriver, label: str) -> None:
    """Click a button twice before the page can answer."""
    button = found(browser, f"//button[normalize-space(.)='{label}']", label)
    browser.execute_script("arguments[0].click(); arguments[0].click()", button)


def save_again(browser: WebDriver, done: str) -> None:
    """Save what stands at the last step."""
    confirm(browser)
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
    books_at_a_typed_time(browser, clinic, at)


def books_at_a_typed_time(browser: WebDriver, clinic: Clinic, at: datetime) -> None:
    """Book a follow-up at a time that is typed into its field, digit by digit."""
    before = versions(clinic.settings, "appointments")
    refused(browser, "Begins: This has to be filled in.")
    assert versions(clinic.settings, "appointments") == before
    begins = (at + timedelta(days=21)).replace(hour=10, minute=45)
    type_time(browser, "Begins", f"{begins:%Y%m%d%H%M}")
    save(browser, "Appointment booked")
    booked = clinic.written("appointments")[-1]
    assert booked.values["starts_at"] == begins.replace(tzinfo=UTC)


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


def line_fields(browser: WebDriver) -> list[str]:
    """Return the paths of the fields that ask what becomes of a line."""
    boxes = browser.find_elements(By.XPATH, "//div[contains(@class, '-line-')]")
    classes = " ".join(each.get_attribute("class") for each in boxes)
    names = dict.fromkeys(re.findall(r"line-[0-9a-f]{12}", classes))
    return [f"//div[contains(@class, '{name}-')]" for name in names]


def reconciles_the_medicines(browser: WebDriver) -> None:
    """Decide every line of the active list, and sign."""
    choose(browser, "Medication reconciliation")
    see(browser, "Reconciled at")
    select(browser, "Reconciled at", "Admission")
    for field in line_fields(browser):
        select(browser, "", "Continue", field)
    write(browser, "Conclusion", "Well tolerated.")
    tick(browser, "I have decided every line *")
    save(browser, "List of medicines reconciled")
