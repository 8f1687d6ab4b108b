"""Support tells why somebody can, or can't, see a patient, and mends it; no more."""

from collections.abc import Iterator
from itertools import count

import pytest
from selenium.webdriver.remote.webdriver import WebDriver

from pipelines.access.people import PersonRole
from pipelines.database.connections import connect
from pipelines.database.roles import Role
from pipelines.settings import Settings
from tests.clinicians.filling_in import fill, select
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
from tests.demonstration.people import COVERING, ensure_covering, restrict
from tests.demonstration.way_back import Somebody, asked, somebody

HERS = """
    select patient_key from access.assignment
    where user_id = 'nurse' and (valid_to is null or valid_to > now())
    union
    select patient_key from access.care_team
    where practitioner_id = 'N0001' and (ended_at is null or ended_at > now())
"""
# Whatever is written about a patient that support must not read.
FACTS = """
    select condition_name from marts.fct_conditions where patient_key = %(key)s
    union select test_name from marts.fct_lab_results where patient_key = %(key)s
    union select drug_name from marts.fct_active_medications
    where patient_key = %(key)s
"""
CLOSED_PLACE = 9

pytestmark = pytest.mark.browser


@pytest.fixture
def support(browser: WebDriver, address: str) -> Iterator[WebDriver]:
    """Yield the browser of support."""
    enter(browser, address, PersonRole.SUPPORT)
    see(browser, "Give both")
    settle(browser)
    yield browser
    assert failures_on(browser) == []
    assert browser.execute_script(OVERFLOW) <= 0


@pytest.fixture(scope="module")
def stranger(installation: Settings) -> Somebody:
    """Return a patient who is not the nurse's."""
    with connect(installation, Role.OWNER) as owner:
        hers = {key for (key,) in owner.execute(HERS).fetchall()}
    people = (
        somebody(installation, place) for place in count() if place != CLOSED_PLACE
    )
    return next(each for each in people if each.patient_key not in hers)


def ask_why(browser: WebDriver, user_id: str, patient: Somebody, answer: str) -> str:
    """Ask about a colleague and a patient; wait for the answer, return what is told."""
    fill(browser, "User id of the colleague", user_id)
    fill(browser, "Record number of the patient", patient.record_number)
    press(browser, "Explain")
    see(browser, f"{user_id} {answer} see this patient.")
    settle(browser)
    return words_on(browser)


def facts_of(settings: Settings, patient: Somebody) -> set[str]:
    """Return clinical words about a patient."""
    statement = FACTS.replace("%(key)s", str(patient.patient_key))
    return {words for (words,) in asked(settings, statement) if words}


def test_support_tells_why_and_mends_it_and_the_nurse_sees_the_patient(
    installation: Settings,
    address: str,
    support: WebDriver,
    stranger: Somebody,
) -> None:
    told = ask_why(support, "nurse", stranger, "cannot")
    assert "is not assigned to this patient now" in told
    assert_nothing_clinical(installation, told, stranger)

    select(support, "For how long", "1 week")
    fill(support, "Reason, such as the ticket", "ticket 4711")
    press(support, "Assign the patient")
    see(support, "The patient is assigned; it holds from now on.")
    see(support, "nurse can see this patient.")
    see(support, "is assigned to this patient now (decided)")
    with chromium(DESKTOP) as nurse:
        enter(nurse, address, PersonRole.NURSE)
        go_to(nurse, "/patients")
        see(nurse, stranger.name)
        press(nurse, stranger.name)
        see(nurse, "Visits")
        settle(nurse)

        press(support, "End it now")
        see(support, "The assignment has ended.")
        go_to(nurse, "/patients")
        see(nurse, "Narrow the list")
        settle(nurse)
        assert stranger.name not in words_on(nurse)
        go_to(nurse, "/chart")
        see(nurse, "is not open to you")
        assert stranger.name not in words_on(nurse)


def test_support_tells_a_yes_and_a_no_by_a_label_and_nothing_clinical(
    installation: Settings, support: WebDriver, stranger: Somebody
) -> None:
    ensure_covering(installation)
    told = ask_why(support, COVERING.user_id, stranger, "can")
    assert "Substance-use programme" in told  # kept from this role, if there is any
    assert_nothing_clinical(installation, told, stranger)

    closed = somebody(installation, CLOSED_PLACE)
    restrict(installation, closed.patient_key, "vip")
    told = ask_why(support, COVERING.user_id, closed, "cannot")
    assert "this patient is restricted" in told
    assert_nothing_clinical(installation, told, closed)


def assert_nothing_clinical(settings: Settings, told: str, patient: Somebody) -> None:
    """Hold that neither a name nor a fact of the patient is told."""
    facts = facts_of(settings, patient)
    assert facts
    assert not [words for words in facts if words in told]
    assert patient.name.split(", ")[0] not in told
