"""A compliance officer does each action once; a doctor beside gives cause."""

import csv
import io
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webdriver import WebDriver

from pipelines.access.audit_reviews import monday_of
from pipelines.access.disclosures import Disclosure, disclose
from pipelines.access.people import PersonRole
from pipelines.database.connections import connect
from pipelines.database.roles import Role
from pipelines.settings import Settings
from tests.clinicians.filling_in import click, fill, found, select, write
from tests.demonstration.charts import search
from tests.demonstration.chromium import (
    DESKTOP,
    OVERFLOW,
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
    PASSWORD,
    ensure_covering,
    events_of,
    identity_of,
    person_of,
    restrict,
)
from tests.demonstration.way_back import Somebody, somebody

OF_NOTE = 5  # the place of the patient who is of note, in the order of the keys
COURT = "County Court of Larkspur"

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def of_note(installation: Settings) -> Somebody:
    """Return a patient whose record is closed to all but the team."""
    ensure_covering(installation)
    patient = somebody(installation, OF_NOTE)
    restrict(installation, patient.patient_key, "vip")
    officer = person_of(installation, PersonRole.COMPLIANCE)
    keys = (patient.patient_key,)
    told = Disclosure("results of 2026", keys, COURT, "1 Square", "law", "order 12/26")
    disclose(installation, officer, told)
    last_week = monday_of(datetime.now(UTC).date()) - timedelta(days=7)
    with connect(installation, Role.OWNER) as owner:
        owner.execute("select audit.prepare_week(%s, 'UTC', 0)", (last_week,))
    return patient


@pytest.fixture
def officer(browser: WebDriver, address: str) -> Iterator[WebDriver]:
    """Yield the officer's browser."""
    enter(browser, address, PersonRole.COMPLIANCE)
    yield browser
    assert failures_on(browser) == []


def open_page(browser: WebDriver, path: str, title: str) -> None:
    """Go to a page, and see that it fits."""
    go_to(browser, f"/{path}")
    see(browser, title)
    settle(browser)
    assert browser.execute_script(OVERFLOW) <= 0


def tick_one(browser: WebDriver, label: str) -> None:
    """Choose one of the answers that stand beside each other."""
    path = f"//div[@data-testid='stRadio']//label[normalize-space(.)='{label}']//input"
    click(browser, found(browser, path, f"answer {label!r}"))


def break_the_glass(installation: Settings, address: str, patient: Somebody) -> None:
    """Open a closed record as a doctor in need, and see that it says so."""
    identity = identity_of(installation, patient.patient_key)
    with chromium(DESKTOP) as doctor:
        enter(doctor, address, COVERING.user_id)
        search(doctor, identity.record_number)
        see(doctor, "it is restricted to the treating team")
        settle(doctor)
        assert patient.name not in words_on(doctor)
        click(doctor, doctor.find_element(By.CSS_SELECTOR, "details summary"))
        select(doctor, "Why do you need it?", "Emergency treatment")
        write(doctor, "In your words", "brought in unconscious")
        fill(doctor, "Your password again", PASSWORD)
        press(doctor, "Break the glass")
        see(doctor, "You have broken the glass")
        see(doctor, patient.name)
        settle(doctor)
        assert failures_on(doctor) == []


def test_a_broken_glass_is_reviewed_and_found_in_trail_and_report(
    installation: Settings,
    address: str,
    of_note: Somebody,
    officer: WebDriver,
) -> None:
    begun = datetime.now(UTC)
    break_the_glass(installation, address, of_note)

    open_page(officer, "glass", "Broken glass")
    see(officer, "Dr. Covering (covering)")
    see(officer, "Reason: Emergency treatment. brought in unconscious")
    tick_one(officer, "Justified")
    fill(officer, "Why, and what follows", "the emergency room confirms it")
    press(officer, "Decide")
    see(officer, "Decided: justified.")

    open_page(officer, "search", "Audit")
    select(officer, "Person", "Dr. Covering")
    fill(officer, "Patient", of_note.record_number)
    see(officer, f"Events that name {of_note.name}")
    settle(officer)
    assert "No event matches" not in words_on(officer)

    open_page(officer, "looks", "Looks to ask about")
    see(officer, f"opened {of_note.name}")
    done = events_of(installation, PersonRole.COMPLIANCE, begun)
    assert ("review glass", "ok") in {(a, r) for a, _, r in done}
    assert ("read", "looks to ask about", "ok") in done


def test_an_accounting_of_disclosures_leaves_as_paper_and_as_table(
    installation: Settings, of_note: Somebody, officer: WebDriver, tmp_path: Path
) -> None:
    begun = datetime.now(UTC)
    open_page(officer, "disclosures", "Accounting of disclosures")
    fill(officer, "Patient", of_note.record_number)
    see(officer, of_note.name)
    press(officer, "Make the accounting for the patient")
    see(officer, "Download as PDF")
    settle(officer)
    pdf = downloaded(officer, "Download as PDF", tmp_path / "files")
    table = downloaded(officer, "Download as CSV", tmp_path / "files")

    text = text_of_pdf(pdf.read_bytes())
    (row,) = csv.DictReader(io.StringIO(table.read_text(encoding="utf-8-sig")))
    assert of_note.record_number in text
    assert COURT in text
    assert any(COURT in cell for cell in row.values())
    exported = ("export", "accounting of disclosures", "ok")
    assert exported in events_of(installation, PersonRole.COMPLIANCE, begun)


def test_grants_are_certified_and_the_week_is_signed(
    installation: Settings, of_note: Somebody, officer: WebDriver
) -> None:
    begun = datetime.now(UTC)
    biller = person_of(installation, PersonRole.BILLING).display_name
    open_page(officer, "grants", "Who may do what")
    select(officer, "Whose access", biller)
    tick_one(officer, "Still needed")
    fill(officer, "Why", "works here")
    press(officer, "Decide")
    see(officer, "billing: still needed.")

    open_page(officer, "reviews", "Weekly reviews")
    see(officer, "Not signed")
    fill(officer, "What you saw and did about it", "Nothing out of the ordinary.")
    press(officer, "Sign this week")
    see(officer, "is signed.")
    see(officer, "Nothing out of the ordinary.")
    done = {action for action, *_ in events_of(installation, "compliance", begun)}
    assert of_note.patient_key
    assert {"certify access", "sign review"} <= done
