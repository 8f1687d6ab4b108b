"""One medicine from the patient's wish to the dose, by three people in Chromium.

The patient asks for a refill, the doctor reads the alert and approves it all the same,
the nurse gives the dose that is due, and the doctor's chart and timeline have it.
The doctor has a browser; patient and nurse share another, one after the other.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import count

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webdriver import WebDriver
from selenium.webdriver.support.ui import WebDriverWait

from pipelines.access.assignments import assign_patient
from pipelines.access.people import Person, PersonRole, create_person
from pipelines.database.connections import connect
from pipelines.database.roles import Role
from pipelines.record.actions.dosage import Dosage
from pipelines.record.actions.entry import Change, Entry
from pipelines.record.actions.prescribing import Medicine, prescribe
from pipelines.record.actions.reading_entries import entries
from pipelines.record.actions.saving import save as save_in_record
from pipelines.record.actions.taking_history import record_allergy
from pipelines.settings import Settings
from tests.clinicians.filling_in import (
    BUTTON,
    GO_ON,
    cells_on,
    click_on,
    confirm,
    save,
    select,
    write,
)
from tests.clock import ago
from tests.demonstration.arrivals import Told
from tests.demonstration.building import Builds, watching
from tests.demonstration.charts import reopen_chart
from tests.demonstration.chromium import (
    DESKTOP,
    OVERFLOW,
    PATIENCE,
    chromium,
    enter,
    failures_on,
    go_to,
    see,
    settle,
)
from tests.demonstration.clinicians_patient import button_of
from tests.demonstration.people import PASSWORD, identity_of
from tests.demonstration.way_back import asked, person, somebody, waited

# From here on are patients whom no other test of this folder writes about.
FIRST_PLACE = 15
AMOXICILLIN = Medicine("amoxicillin 500 MG Oral Capsule", "308191", "RxNorm")
# Each hour has its dose, so that one is due whenever this runs.
HOURLY = Dosage("500", "mg", "every hour", Decimal(24), Decimal(240), 10, 1, "oral")
PENICILLIN = "7980"
WARD = "select ward_name from access.ward_member where user_id = 'nurse'"
# The hospital is simulated up to the hour in which this runs: one who was
# given the medicine by it has more doses and refills than this test's.
ORDERED_BEFORE = """
    select prescription_key from marts.fct_medication_history
    where patient_key = %s and drug_name ilike '%%amoxicillin%%'
"""
TAKEN = """
    select prescription_key from marts.own_medicines
    where patient_key = %s and is_taken_now and drug_name = %s
"""
GIVEN = """
    select timing_code from marts.fct_administrations
    where patient_key = %s and drug_name = %s and is_given
"""
GIVEN_ON_THE_TIMELINE = (
    "//table//tr[td[normalize-space(.)='Amoxicillin'] and td[normalize-space(.)='1']]"
)
TAB = "//*[@role='tab'][normalize-space(.)='{name}']"
DUE = "//div[contains(@class, 'st-key-dose_{record_id}_')]//button"

pytestmark = pytest.mark.browser


@dataclass(frozen=True)
class Course:
    """A patient on the nurse's ward, with a medicine and an allergy to its group."""

    settings: Settings
    patient: Person
    doctor: Person
    nurse: Person

    @property
    def key(self) -> int:
        """Return the patient's key."""
        return self.patient.patient_key or 0

    def newest(self, feed: str) -> Entry:
        """Return what was written last of a feed about the patient."""
        found = entries(self.settings, self.doctor, feed, [self.key])
        return max(found, key=lambda each: each.changed_at)


@pytest.fixture
def course(installation: Settings) -> Course:
    """Return the course, known to the marts."""
    key = never_given_amoxicillin(installation)
    made = Course(
        installation,
        Person("taker", "The patient", PersonRole.PATIENT, patient_key=key),
        person(installation, PersonRole.DOCTOR),
        person(installation, PersonRole.NURSE),
    )
    with connect(installation, Role.OWNER) as owner:
        create_person(owner, made.patient, PASSWORD)
        for each in (made.doctor, made.nurse):
            assign_patient(owner, each.user_id, key, "treats")
        (ward,) = owner.execute(WARD).fetchone() or ("Ward 1",)
    visit = {
        "encounter_class_code": "inpatient",
        "status_code": "in-progress",
        "location_name": ward,
        "started_at": ago(days=1),
    }
    change = Change("record visit", key, visit)
    save_in_record(installation, made.doctor, [change])
    record_allergy(
        installation, made.doctor, key, substance=PENICILLIN, category="drug"
    )
    prescribe(
        installation,
        made.doctor,
        key,
        medicine=AMOXICILLIN,
        dosage=HOURLY,
        started_at=ago(hours=3),
    )
    waited(lambda: asked(installation, TAKEN, key, AMOXICILLIN.drug_name))
    return made


def never_given_amoxicillin(settings: Settings) -> int:
    """Return the key of a patient without an order of the medicine, current or past."""
    keys = (somebody(settings, place).patient_key for place in count(FIRST_PLACE))
    return next(key for key in keys if not asked(settings, ORDERED_BEFORE, key))


@pytest.fixture
def desk() -> Iterator[WebDriver]:
    """Yield the doctor's browser."""
    yield from fitting()


@pytest.fixture
def bedside() -> Iterator[WebDriver]:
    """Yield the browser at which patient and nurse sign in."""
    yield from fitting()


def fitting() -> Iterator[WebDriver]:
    """Yield a browser whose last page fits and tells of no failure."""
    with chromium(DESKTOP) as opened:
        yield opened
        assert failures_on(opened) == []
        assert opened.execute_script(OVERFLOW) <= 0


def test_a_refill_is_asked_for_approved_given_and_seen(
    course: Course, desk: WebDriver, bedside: WebDriver, address: str, told: Told
) -> None:
    medicine = course.newest("prescriptions")
    asks(bedside, address, course, medicine)
    answers(desk, address, course)
    with watching(course.settings) as builds:
        gives(bedside, address, medicine)
        sees(desk, course, builds, told)
    marks_the_grid(bedside, course, medicine)


def asks(desk: WebDriver, address: str, course: Course, medicine: Entry) -> None:
    """Let the patient ask for the refill beside the medicine."""
    enter(desk, address, course.patient.user_id)
    go_to(desk, "/medicines")
    see(desk, "Refills: 1 left")
    settle(desk)
    click_on(desk, button_of(f"refill_{medicine.record_id}"), "way to a refill")
    write(desk, "What your care team should know", "Four capsules are left.")
    save(desk, "Asked for a refill")
    see(desk, "waits for an answer (being processed)")


def answers(desk: WebDriver, address: str, course: Course) -> None:
    """Let the doctor approve it, in spite of the alert."""
    wish = course.newest("medication_requests")
    enter(desk, address, PersonRole.DOCTOR)
    go_to(desk, "/requests")
    see(desk, "Waits since today")
    settle(desk)
    click_on(desk, button_of(f"answer_{wish.record_id}"), "way to the answer")
    see(desk, "Four capsules are left.")
    form = f"//div[contains(@class, 'st-key-form_answer_{wish.record_id}')]"
    select(desk, "Answer", "Approve", form)
    write(desk, "What the patient reads", "Ready on Friday.", form)
    click_on(desk, BUTTON.format(inside=form, label=GO_ON), "way to the last step")
    see(desk, "ALLERGY on record: Penicillin G. This medicine matches it.")
    see(desk, "Cross-reaction with an allergy, major: amoxicillin with Penicillin G")
    confirm(desk)
    see(desk, "Request answered")
    assert course.newest("medication_requests").values["status_code"] == "approved"
    assert course.newest("prescriptions").values["refills_allowed"] == 2


def gives(bedside: WebDriver, address: str, medicine: Entry) -> None:
    """Let the nurse give the dose that is due, by the grid of the shift."""
    enter(bedside, address, PersonRole.NURSE)
    go_to(bedside, "/doses")
    see(bedside, "Look again")
    settle(bedside)
    click_on(bedside, DUE.format(record_id=medicine.record_id), "dose that is due")
    see(bedside, "Give medicines")
    save(bedside, "Every nurse of this patient sees it")


def sees(desk: WebDriver, course: Course, builds: Builds, told: Told) -> None:
    """Let the doctor see the dose, at once and then from the marts."""
    given = course.newest("administrations")
    shows_dose(desk, course)
    seconds = {"chart": round(time.time() - given.changed_at.timestamp(), 1)}
    seconds |= builds.wait(course.nurse.user_id)
    is_on_the_timeline(desk)
    seconds["timeline"] = round(time.time() - given.changed_at.timestamp(), 1)
    told(seconds)
    shows_dose(desk, course)

    assert given.values["scheduled_at"] is not None
    timings = asked(course.settings, GIVEN, course.key, AMOXICILLIN.drug_name)
    assert timings == [("on_time",)]


def marks_the_grid(bedside: WebDriver, course: Course, medicine: Entry) -> None:
    """See the dose in the grid, in place of the way to give it."""
    due_at = course.newest("administrations").values["scheduled_at"]
    go_to(bedside, "/doses")
    see(bedside, "✓ Given")
    settle(bedside)
    key = f"dose_{medicine.record_id}_{due_at:%d%H%M}"
    assert bedside.find_elements(By.XPATH, button_of(key)) == []


def shows_dose(desk: WebDriver, course: Course) -> None:
    """Open the chart, and find the dose: being processed, or from the marts."""
    reopen_chart(desk, identity_of(course.settings, course.key))
    click_on(desk, TAB.format(name="Doses"), "tab of the doses")
    is_there = WebDriverWait(desk, PATIENCE).until(
        lambda page: "Amoxicillin" in f"{words_of_tab(page)} {cells_on(page)}"
    )
    assert is_there


def is_on_the_timeline(desk: WebDriver) -> None:
    """Open the medicines over time of the same patient, and find the dose."""
    go_to(desk, "/medicines")
    see(desk, "Doses in hospital")
    # The heading comes before its rows.
    WebDriverWait(desk, PATIENCE).until(
        lambda page: len(page.find_elements(By.XPATH, GIVEN_ON_THE_TIMELINE)) == 1,
        "the dose is not among the medicines over time",
    )


def words_of_tab(desk: WebDriver) -> str:
    """Return what the open tab says."""
    shown = desk.find_elements(By.XPATH, "//*[@role='tabpanel']")
    return " ".join(each.text for each in shown if each.is_displayed())
