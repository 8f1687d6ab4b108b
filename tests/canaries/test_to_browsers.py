"""What comes into a browser, byte by byte: what its person may see, and no more."""

from pathlib import Path

import pytest

from dashboards.place import PATIENT, keep_place
from pipelines.access.people import PersonRole
from tests.canaries.campaign import Campaign
from tests.canaries.dagster_pages import answers_of
from tests.canaries.ledger import Canary, Kind
from tests.canaries.onlookers import HERS, Onlooker, leaks_to
from tests.canaries.scan import in_folder
from tests.canaries.to_browsers import Tap, canaries_in, walk
from tests.demonstration.chromium import DESKTOP, chromium, enter, leave, see, settle

SEARCHED = "patients.family_name"
# What each role must have been shown, or the walk was none.
SHOWN = {
    PersonRole.DOCTOR: {"lab_results", "conditions", "notes", "patients"},
    PersonRole.NURSE: {"lab_results", "administrations", "notes"},
    PersonRole.LAB_TECHNICIAN: {"lab_orders", "specimens"},
    PersonRole.PATIENT: {"lab_results", "care_plans"},
    PersonRole.REGISTRAR: {"patients", "coverages"},
    PersonRole.BILLING: {"claims", "patients"},
}

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def brought(
    built: Campaign, onlookers: dict[PersonRole, Onlooker], tap: Tap
) -> dict[PersonRole, set[Canary]]:
    """Return the canaries that came to each persona, who walked over every page."""
    names = (e for e in built.ledger.planted.values() if e.column == SEARCHED)
    name = next(each.value for each in names if each.path == "landed")
    brought = {}
    for role, onlooker in onlookers.items():
        mark = tap.mark()
        walk(tap, built.settings, onlooker, name)
        brought[role] = tap.canaries_since(mark)
    return brought


@pytest.mark.parametrize("role", PersonRole)
def test_a_browser_gets_only_what_its_person_may_see(
    role: PersonRole,
    onlookers: dict[PersonRole, Onlooker],
    brought: dict[PersonRole, set[Canary]],
) -> None:
    assert leaks_to(onlookers[role], brought[role]) == set()


@pytest.mark.parametrize("role", SHOWN)
def test_a_walk_over_the_pages_brings_what_a_role_is_there_for(
    role: PersonRole, brought: dict[PersonRole, set[Canary]]
) -> None:
    """A browser that was shown nothing proves nothing."""
    feeds = {each.column.partition(".")[0] for each in brought[role]}

    assert feeds >= SHOWN[role]


def test_a_browser_keeps_nothing_on_disk_once_its_person_has_left(
    built: Campaign, onlookers: dict[PersonRole, Onlooker], tap: Tap, tmp_path: Path
) -> None:
    doctor, folder = onlookers[PersonRole.DOCTOR].person, tmp_path / "profile"
    keep_place(built.settings, doctor, {PATIENT: built.patient_keys[HERS]})
    mark = tap.mark()
    with chromium(DESKTOP, folder) as browser:
        enter(browser, f"{tap.address}/chart", doctor.user_id)
        see(browser, "Visits")
        settle(browser)
        leave(browser)

    facts = {e for e in tap.canaries_since(mark) if e.kind is Kind.CLINICAL}
    left = {built.ledger.found(each.sign) for each in in_folder(folder, "profile", ())}
    assert len(facts) > 5
    assert any(folder.iterdir())
    assert left - {None} == set()


def test_dagsters_answers_hold_no_value_of_a_patient(built: Campaign) -> None:
    """Runs that failed with rows in their errors are told of, and no row is."""
    answers = answers_of(built.settings.root / "dagster")

    assert "STEP_FAILURE" in answers
    assert "MaterializationEvent" in answers
    assert canaries_in(answers.encode(), built.ledger) == set()
