"""A registrar merges two registrations of a patient, and parts them again."""

import pytest
from selenium.webdriver.remote.webdriver import WebDriver

from pipelines.access.people import PersonRole
from tests.clinicians.filling_in import choose, fill, refused, save, select
from tests.demonstration.arrivals import Arrivals, Told, looking
from tests.demonstration.chromium import enter, failures_on, see
from tests.demonstration.desk import Desk, find
from tests.demonstration.way_back import Somebody, somebody
from tests.versions import versions

MERGED, SURVIVOR = 12, 13
IS_THERE = "select 1 from marts.dim_patients where patient_key = %s"
IS_GONE = f"select 1 where not exists ({IS_THERE})"

pytestmark = pytest.mark.browser


def test_a_registrar_merges_and_parts_two_registrations(
    browser: WebDriver, address: str, desk: Desk, told: Told
) -> None:
    enter(browser, address, PersonRole.REGISTRAR)
    with looking(desk.settings, PersonRole.REGISTRAR) as arrivals:
        merged, survivor = (
            somebody(desk.settings, each) for each in (MERGED, SURVIVOR)
        )
        merges(browser, desk, arrivals, merged, survivor)
        arrivals.wait()
        parts(browser, arrivals, merged, survivor)
        told(arrivals.wait())
        assert failures_on(browser) == []


def merges(
    browser: WebDriver,
    desk: Desk,
    arrivals: Arrivals,
    merged: Somebody,
    survivor: Somebody,
) -> None:
    """Compare two registrations, and let one go on under the other."""
    find(browser, merged)
    choose(browser, "Same person", "desk")
    fill(browser, "Find the other registration", survivor.record_number)
    select(browser, "The other registration", survivor.name)
    see(browser, "certainly one person")
    before = versions(desk.settings, "patient_links")
    refused(browser, "Why this is one person: This has to be filled in.")
    assert versions(desk.settings, "patient_links") == before
    fill(browser, "Why this is one person", "The same card")
    save(browser, "Merged")
    arrivals.expect("merged", IS_GONE, merged.patient_key)
    see(browser, "The same card, being processed")


def parts(
    browser: WebDriver, arrivals: Arrivals, merged: Somebody, survivor: Somebody
) -> None:
    """Take the merge back; the page tells what it had changed."""
    find(browser, survivor)
    choose(browser, "Same person", "desk")
    see(browser, "What changed by it")
    fill(browser, "Why these are two people", "They are cousins")
    save(browser, "Merge taken back")
    arrivals.expect("merge taken back", IS_THERE, merged.patient_key)
    see(browser, "They are cousins, being processed")
