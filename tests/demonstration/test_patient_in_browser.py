"""A patient on a phone does each action once; a doctor beside sees what came of it."""

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from selenium.webdriver.remote.webdriver import WebDriver

from pipelines.access.identity import Identity
from pipelines.access.people import Person, PersonRole
from pipelines.record.actions.entry import Entry
from pipelines.record.actions.prescribing import is_current
from pipelines.settings import Settings
from tests.clinicians.filling_in import (
    choose,
    click,
    fill,
    found,
    pick,
    save,
    select,
    value_of,
    write,
)
from tests.demonstration.charts import CLOSED, open_chart, reopen_chart, search
from tests.demonstration.chromium import (
    DESKTOP,
    OVERFLOW,
    PHONE,
    chromium,
    enter,
    failures_on,
    go_to,
    press,
    see,
    settle,
    words_on,
)
from tests.demonstration.downloads import downloaded, text_of_pdf
from tests.demonstration.people import (
    COVERING,
    ensure_covering,
    identity_of,
    own_entries,
    person_of,
)
from tests.demonstration.way_back import asked, waited

Note = Callable[[str, object], None]
REQUESTED = """
    select 1 from marts.fct_medication_requests
    where patient_key = %s and requester_code = 'patient' and status_code = 'approved'
        and requested_at > now() - interval '1 hour'
"""
NAMED = """
    select 1 from marts.dim_contacts
    where patient_key = %s and relationship_code = 'sibling'
"""
DECIDED = """
    select decision_code from marts.fct_consents
    where patient_key = %s and scope_code = 'research' and decision_code = 'deny'
"""

pytestmark = pytest.mark.browser


@dataclass(frozen=True)
class Own:
    """The patient of the demonstration, who that is, and the pages' address."""

    settings: Settings
    address: str
    patient: Person
    identity: Identity

    def entries(self, feed: str) -> list[Entry]:
        """Return what the record holds of the patient."""
        return own_entries(self.settings, self.patient, feed)

    def seconds_until(self, statement: str, begun: float) -> float:
        """Wait until the marts have rows of the patient; return how long it took."""
        key = self.patient.patient_key
        waited(lambda: asked(self.settings, statement, key))
        return round(time.monotonic() - begun, 1)


@pytest.fixture(scope="module")
def own(installation: Settings, address: str) -> Own:
    """Return the patient of the demonstration."""
    patient = person_of(installation, "patient")
    identity = identity_of(installation, patient.patient_key)
    return Own(installation, address, patient, identity)


@pytest.fixture
def phone(address: str) -> Iterator[WebDriver]:
    """Yield the patient's phone, signed in."""
    with chromium(PHONE) as opened:
        enter(opened, address, PersonRole.PATIENT)
        yield opened
        assert failures_on(opened) == []


@pytest.fixture
def desk() -> Iterator[WebDriver]:
    """Yield a doctor's browser."""
    with chromium(DESKTOP) as opened:
        yield opened
        assert failures_on(opened) == []


def open_page(browser: WebDriver, path: str, words: str) -> None:
    """Go to a page, and see that it fits."""
    go_to(browser, f"/{path}")
    see(browser, words)
    settle(browser)
    assert browser.execute_script(OVERFLOW) <= 0


def test_what_a_patient_asks_is_answered_by_a_doctor_and_read(
    own: Own, phone: WebDriver, desk: WebDriver, record_property: Note
) -> None:
    medicine = next(each for each in own.entries("prescriptions") if is_current(each))
    open_page(phone, "requests", "What you asked for")
    choose(phone, "A refill", "own_request")
    select(phone, "Medicine", medicine.values["drug_name"].split()[0])
    write(phone, "What your care team should know", "Two tablets are left.")
    save(phone, "Asked for a refill")
    choose(phone, "An appointment", "own_request")
    select(phone, "With whom", "Cardiology")
    write(phone, "What it is about", "My heart races at night.")
    pick(phone, "Days that suit you", "Tuesday")
    save(phone, "Asked for an appointment")
    choose(phone, "A correction", "own_request")
    select(phone, "What is wrong", "An allergy")
    write(phone, "What stands there", "I can eat nuts.")
    save(phone, "Asked for a correction")
    assert words_on(phone).count("waits for an answer") >= 3

    open_chart(desk, own.address, "doctor", own.identity)
    choose(desk, "Requests")
    see(desk, "Two tablets are left.")
    answers_all(own, desk)
    seconds = own.seconds_until(REQUESTED, time.monotonic())
    record_property("seconds_from_the_answer_to_the_marts", seconds)

    open_page(phone, "visits", "My visits")
    open_page(phone, "requests", "What you asked for")
    see(phone, "Answer: The allergist decides.")
    see(phone, "Answer: Ready on Friday.")
    open_page(phone, "access_log", "Who looked at my record")
    see(phone, f"{person_of(own.settings, 'doctor').display_name}, doctor")
    see(phone, "read your chart")


def answers_all(own: Own, desk: WebDriver) -> None:
    """Approve the refill, and deny the correction."""
    for feed, name, answer, words in (
        ("medication_requests", "answer", "Approve", "Ready on Friday."),
        ("correction_requests", "answer_correction", "Deny", "The allergist decides."),
    ):
        newest = max(own.entries(feed), key=lambda each: each.changed_at)
        form = f"//div[contains(@class, 'st-key-form_{name}_{newest.record_id}')]"
        select(desk, "Answer", answer, form)
        write(desk, "What the patient reads", words, form)
        save(desk, "Request answered", form)


def test_a_patient_names_whom_to_call_and_the_chart_has_it(
    own: Own, phone: WebDriver, record_property: Note
) -> None:
    open_page(phone, "contacts", "My contacts")
    choose(phone, "Add somebody", "own_contact")
    fill(phone, "Name", "Robin Larkspur")
    select(phone, "Who it is", "Brother or sister")
    select(phone, "When to call", "In an emergency")
    fill(phone, "Telephone", "+1 555 0142")
    save(phone, "Added")
    begun = time.monotonic()
    choose(phone, "Change somebody", "own_contact")
    select(phone, "Whom", "Robin Larkspur")
    fill(phone, "Telephone", "+1 555 0199")
    fill(phone, "Why", "a new number")
    save(phone, "Changed")
    see(phone, "+1 555 0199")
    assert "+1 555 0142" not in words_on(phone)
    assert value_of(phone, "Telephone") == "+1 555 0199"

    record_property("seconds_to_the_marts", own.seconds_until(NAMED, begun))


def test_a_patients_decision_holds_at_once_in_another_browser(
    own: Own, phone: WebDriver, desk: WebDriver, record_property: Note
) -> None:
    ensure_covering(own.settings)
    open_chart(desk, own.address, COVERING.user_id, own.identity)
    open_page(phone, "privacy", "Privacy")
    decide(phone, "treating_team_only", "yes")

    choose(desk, "Note")
    see(desk, CLOSED)
    assert own.identity.full_name not in words_on(desk)
    search(desk, own.identity.record_number)
    see(desk, "it is restricted to the treating team")
    assert own.identity.full_name not in words_on(desk)

    decide(phone, "treating_team_only", "no")
    reopen_chart(desk, own.identity)

    decide(phone, "ask_first", "yes")
    open_page(phone, "results", "You wish to be asked first.")
    open_page(phone, "privacy", "Privacy")
    decide(phone, "ask_first", "no")
    decide(phone, "research", "no")
    begun = time.monotonic()
    record_property("seconds_to_the_marts", own.seconds_until(DECIDED, begun))


def decide(browser: WebDriver, scope: str, answer: str) -> None:
    """Decide otherwise than before, and see that it holds."""
    button = f"//div[contains(@class, 'st-key-decide_{scope}')]//button"
    element = found(browser, button, f"way to decide about {scope}")
    assert element.text == f"Change to {answer}"
    click(browser, element)
    see(browser, f": {answer}. It holds from now on.")
    settle(browser)


def test_a_patient_takes_the_record_away_to_read_and_for_another_system(
    own: Own, phone: WebDriver, tmp_path: Path
) -> None:
    open_page(phone, "download", "Download")
    press(phone, "Make: To read (PDF)")
    see(phone, "It is ready")
    settle(phone)
    pdf = downloaded(phone, "Download: To read (PDF)", tmp_path / "files")
    press(phone, "Make: For another system (FHIR R4)")
    see(phone, "Download: For another system (FHIR R4)")
    settle(phone)
    fhir = downloaded(
        phone, "Download: For another system (FHIR R4)", tmp_path / "files"
    )

    text = text_of_pdf(pdf.read_bytes())
    bundle = json.loads(fhir.read_text())
    resources = [each["resource"] for each in bundle["entry"]]
    (who,) = [each for each in resources if each["resourceType"] == "Patient"]
    medicines = own.entries("prescriptions")
    assert own.identity.full_name.split(",")[0] in text
    assert "Health record" in text
    assert medicines[0].values["drug_name"] in text.replace("\n", " ")
    assert (bundle["resourceType"], bundle["type"]) == ("Bundle", "collection")
    assert who["identifier"] == [{"value": own.identity.record_number}]
    names = {
        each.get("medicationCodeableConcept", {}).get("text") for each in resources
    }
    assert {each.values["drug_name"] for each in medicines} <= names
    assert {"Observation", "Encounter"} <= {each["resourceType"] for each in resources}
