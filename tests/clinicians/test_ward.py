"""The ward: a patient taken over in two clicks, a round saved whole."""

from decimal import Decimal
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboards.ward.round import SIGNS, grid_of, heading, read_round, typed_of
from pipelines.access.drafts import keep_draft
from pipelines.database.connections import connect
from pipelines.database.roles import Role
from tests.clinicians.conftest import Clinic
from tests.clinicians.test_forms import labelled, press, said
from tests.clock import ago
from tests.dashboards.entering import PATIENCE, enter_as
from tests.versions import versions

APP = Path(__file__).parents[2] / "dashboards" / "app.py"
WARD = "Ward of the tests"
ON_THE_WARD = """
    insert into access.ward_member (user_id, source_system, ward_name, is_in_charge)
    values ('nurse', 'operational', %(ward)s, true)
    on conflict do nothing
"""
# One whom the nurse does not have, as the builder would write the stay down.
LIES_THERE = """
    insert into access.ward_stay (source_system, ward_name, patient_key, started_at)
    select 'operational', %(ward)s, patient.patient_key, now() - interval '1 day'
    from raw.patients as patient
    where not exists (
        select from access.care_team as team
        where team.patient_key = patient.patient_key
            and team.practitioner_id = %(practitioner)s
    ) and not exists (
        select from access.assignment as given
        where given.patient_key = patient.patient_key and given.user_id = 'nurse'
    )
    order by patient.patient_key
    limit 1
    returning patient_key
"""


@pytest.fixture
def stranger(clinic: Clinic) -> int:
    """Return a patient of the nurse's ward who is not hers."""
    values = {"ward": WARD, "practitioner": clinic.nurse.practitioner_id}
    with connect(clinic.settings, Role.OWNER) as owner:
        owner.execute(ON_THE_WARD, values)
        return owner.execute(LIES_THERE, values).fetchone()[0]


def opened(clinic: Clinic, monkeypatch: pytest.MonkeyPatch, page: str) -> AppTest:
    """Return a page as the nurse sees it."""
    monkeypatch.setenv("EHR_HOME", str(clinic.settings.root))
    monkeypatch.setenv("EHR_MODE", "test")
    app = AppTest.from_file(str(APP), default_timeout=PATIENCE)
    return enter_as(app.run(), "nurse").switch_page(f"views/nurse/{page}.py").run()


def test_a_nurse_takes_a_patient_over_in_two_clicks_and_it_is_told(
    clinic: Clinic, stranger: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    chart = opened(clinic, monkeypatch, "chart")
    chart.session_state["patient_key"] = stranger
    assert "not open to you" in said(chart.run())
    ward = opened(clinic, monkeypatch, "ward")
    labelled(ward.selectbox, "Reason").set_value("Emergency on the ward")
    words = said(ward.button(key=f"take_over_{stranger}").click().run())

    assert "is yours until" in words
    assert f"{clinic.nurse.display_name}: " in words
    assert "Emergency on the ward" in words
    assert f"take_over_{stranger}" not in [each.key for each in ward.button]
    chart = opened(clinic, monkeypatch, "chart")
    chart.session_state["patient_key"] = stranger
    assert "not open to you" not in said(chart.run())


def test_a_round_without_a_value_saves_nothing(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = versions(clinic.settings, "vital_signs")
    page = press(opened(clinic, monkeypatch, "ward_round"), "Check and go on")

    assert "no value is filled in" in said(page)
    assert versions(clinic.settings, "vital_signs") == before


def test_a_round_is_read_back_and_saved_at_once(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    typed = {"grid": {str(clinic.patient_key): {"8867-4": "68", "8310-5": "37.2"}}}
    keep_draft(clinic.settings, clinic.nurse, "ward round", typed)
    before = versions(clinic.settings, "vital_signs")
    page = press(opened(clinic, monkeypatch, "ward_round"), "Check and go on")

    assert f"{clinic.name}, {clinic.number}: Heart rate 68, Body temp" in said(page)
    assert versions(clinic.settings, "vital_signs") == before
    assert "2 values of 1 patient recorded" in said(press(page, "Save"))
    assert versions(clinic.settings, "vital_signs") == before + 2


OXYGEN, CONSCIOUSNESS = "3151-8", "67775-7"
NAMES = {7: "Meyer", 8: "Okoro"}
TYPED = {"7": {OXYGEN: "2.5", CONSCIOUSNESS: "Alert"}, "8": {"8867-4": "64"}}


def test_a_grid_gives_back_what_was_typed_into_it() -> None:
    grid = grid_of(NAMES, TYPED)

    assert list(grid.columns) == ["Patient", *map(heading, SIGNS)]
    assert grid.loc[7, "Consciousness"] == "Alert"
    assert grid["Consciousness"].isna().to_list() == [False, True]
    assert typed_of(grid) == TYPED


def test_a_word_that_is_on_no_list_is_not_shown_again() -> None:
    grid = grid_of(NAMES, {"7": {CONSCIOUSNESS: "tired"}})

    assert grid.loc[[7], "Consciousness"].isna().all()


def test_a_round_takes_numbers_and_words_of_the_list_alone() -> None:
    at = ago(minutes=1)
    (meyer, okoro), wrong = read_round(TYPED, NAMES, at)

    assert wrong == []
    assert meyer.values == {OXYGEN: Decimal("2.5")}
    assert meyer.answers == {CONSCIOUSNESS: "Alert"}
    assert (okoro.values, okoro.answers) == ({"8867-4": Decimal(64)}, {})
    _, wrong = read_round({"7": {CONSCIOUSNESS: "tired"}}, NAMES, at)
    assert wrong == ["Meyer, Consciousness: choose one of the list."]
    _, wrong = read_round({"8": {OXYGEN: "81"}}, NAMES, at)
    assert wrong == ["Okoro, Oxygen: possible is 0 to 80."]


def test_a_round_with_oxygen_and_consciousness_is_saved(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    values = {OXYGEN: "2", CONSCIOUSNESS: "Responds to voice"}
    typed = {"grid": {str(clinic.patient_key): values}}
    keep_draft(clinic.settings, clinic.nurse, "ward round", typed)
    page = press(opened(clinic, monkeypatch, "ward_round"), "Check and go on")

    assert (
        f"{clinic.name}, {clinic.number}: Inhaled oxygen flow rate 2, "
        "Level of consciousness (ACVPU) Responds to voice"
    ) in said(page).replace("\\", "")
    assert "2 values of 1 patient recorded" in said(press(page, "Save"))
    saved = {
        each.values["observation_code"]: each.values["value_text"]
        for each in clinic.written("vital_signs")[-2:]
    }
    assert saved == {**values, OXYGEN: "2.0"}
