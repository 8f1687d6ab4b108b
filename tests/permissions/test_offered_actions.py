"""What the pages offer is what the table of permissions allows, role by role."""

import pytest
from streamlit.testing.v1 import AppTest

from pipelines.access.people import PersonRole
from pipelines.record.permissions import permissions
from tests.dashboards.entering import PATIENCE, enter_as
from tests.dashboards.test_pages import APP
from tests.permissions import reaching
from tests.permissions.hospital import Hospital
from tests.permissions.reaching import (
    ACTIONS,
    MENU_OF_CHART,
    MENU_OF_DESK,
    items_of,
    reached_by,
)

# What no page offers, and why. A right that gets a page leaves this list.
ON_NO_PAGE = {
    # Visits and procedures come from the hospital's own systems; a site's program
    # saves them in a doctor's name.
    PersonRole.DOCTOR: {
        "record visit",
        "correct visit",
        "record procedure",
        "correct procedure",
        # Patients ask; a doctor who takes a wish down prescribes at once.
        "request medication change",
    },
    # A decision about consent is followed by another one.
    PersonRole.PATIENT: {"withdraw consent"},
    # By their own SQL login, and in Dagster's pages.
    PersonRole.RESEARCHER: {"define cohort", "export research"},
    PersonRole.ENGINEER: {"run pipeline"},
}
MENUS = [
    (PersonRole.DOCTOR, "views/doctor/chart.py", "writing", MENU_OF_CHART),
    (PersonRole.NURSE, "views/nurse/chart.py", "writing", MENU_OF_CHART),
    (PersonRole.REGISTRAR, "views/registrar/patient.py", "desk", MENU_OF_DESK),
]


def allowed_to(role: PersonRole) -> set[str]:
    """Return what a role may do beside reading."""
    return {action for action in ACTIONS if permissions()[action].allows(role)}


@pytest.mark.parametrize("role", list(PersonRole), ids=str)
def test_the_pages_of_a_role_lead_to_its_actions_and_to_no_other(
    role: PersonRole,
) -> None:
    reached, allowed = reached_by(role), allowed_to(role)

    assert reached - allowed == set()
    assert allowed - reached == ON_NO_PAGE.get(role, set())


def test_a_page_that_offers_too_much_or_too_little_is_found(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(reaching, "is_kept", lambda *_: False)
    for read in (reaching.mentions, reaching.top_level):
        read.cache_clear()
    too_much = reached_by(PersonRole.NURSE) - allowed_to(PersonRole.NURSE)
    monkeypatch.setattr(reaching, "items_of", lambda *_: [])
    too_little = allowed_to(PersonRole.NURSE) - reached_by(PersonRole.NURSE)
    for read in (reaching.mentions, reaching.top_level):
        read.cache_clear()

    assert too_much == {
        "acknowledge",
        "break the glass",
        "change prescription",
        "change reconciliation",
        "reconcile medicines",
    }
    assert "administer medicine" in too_little


@pytest.mark.parametrize(("role", "page", "key", "menu"), MENUS)
def test_a_menu_shows_what_the_role_may_do(
    hospital: Hospital,
    monkeypatch: pytest.MonkeyPatch,
    role: PersonRole,
    page: str,
    key: str,
    menu: reaching.Place,
) -> None:
    monkeypatch.setenv("EHR_HOME", str(hospital.settings.home))
    monkeypatch.setenv("EHR_MODE", "test")
    app = enter_as(AppTest.from_file(str(APP), default_timeout=PATIENCE), role.value)
    app.session_state["patient_key"] = hospital.entrusted
    app.switch_page(page).run()

    assert not app.exception
    shown = app.button_group(key=key).options
    assert list(shown) == [each.label for each in items_of(menu, role)]
