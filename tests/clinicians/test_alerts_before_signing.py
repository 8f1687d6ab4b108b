"""What the lists say of a medicine, read and answered before it is signed."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboards.chart.medication_alerts import NEW
from dashboards.writing.medication_alerts import NOT_ON_THE_LISTS
from pipelines.building import build_marts
from pipelines.database.connections import connect
from pipelines.database.roles import Role
from pipelines.record.actions.correcting import enter_in_error
from pipelines.record.actions.dosage import Dosage
from pipelines.record.actions.entry import Entry
from pipelines.record.actions.prescribing import Medicine, prescribe
from pipelines.record.actions.reading_entries import entries
from pipelines.record.actions.taking_history import record_allergy
from pipelines.write_back import land_record
from tests.clinicians.conftest import Clinic
from tests.clinicians.test_forms import choose, labelled, press, said
from tests.dashboards.entering import PATIENCE, enter_as

APP = Path(__file__).parents[2] / "dashboards" / "app.py"
# Whom no other test of this folder writes about.
SOMEBODY_ELSE = """
    select patient_key from marts.dim_patients
    where patient_key <> %s and not is_deceased
    order by patient_key desc limit 1
"""
AMOXICILLIN, WARFARIN, IBUPROFEN = "308191", "855332", "197805"
ONCE = Dosage("5", "mg", "once daily", 1, 30, 30, 0, "oral")
WHY = "Why in spite of the alerts *"
CODE = "cross_reaction:amoxicillin+penicillin g"
SHOWN = """
    select alert_code, severity_code, override_reason_code from access.shown_alert
    where user_id = 'doctor' and patient_key = %s order by shown_at
"""
KEEPING = "function access.keep_shown_alerts(bigint, text[], text[])"


@pytest.fixture(scope="module")
def allergic(clinic: Clinic) -> int:
    """Return a patient who is allergic to penicillin and takes warfarin."""
    settings = clinic.settings
    with connect(settings, Role.BUILDER) as builder:
        (key,) = builder.execute(SOMEBODY_ELSE, (clinic.patient_key,)).fetchone()
    record_allergy(settings, clinic.doctor, key, substance="7980", category="drug")
    warfarin = Medicine("warfarin sodium 5 MG Oral Tablet", WARFARIN, "RxNorm")
    prescribe(settings, clinic.doctor, key, medicine=warfarin, dosage=ONCE)
    land_record(settings)
    build_marts(settings)
    return key


@pytest.fixture
def chart(
    clinic: Clinic, allergic: int, monkeypatch: pytest.MonkeyPatch
) -> Iterator[AppTest]:
    """Yield the chart with the form of a new prescription; throw away what is typed."""
    monkeypatch.setenv("EHR_HOME", str(clinic.settings.root))
    monkeypatch.setenv("EHR_MODE", "test")
    app = enter_as(
        AppTest.from_file(str(APP), default_timeout=PATIENCE).run(), "doctor"
    )
    app.session_state["patient_key"] = allergic
    app.switch_page("views/doctor/chart.py").run()
    yield choose(app, "Prescription")
    if any(each.label == "Throw away" for each in app.button):
        press(app, "Throw away")


def labels(app: AppTest) -> list[str]:
    """Return the labels of the lists to choose from."""
    return [each.label for each in app.selectbox]


def ordered_in_spite(clinic: Clinic, key: int) -> list[Entry]:
    """Return what was prescribed in spite of an alert."""
    found = entries(clinic.settings, clinic.doctor, "prescriptions", [key])
    return [each for each in found if each.values["alerts_overridden"]]


def shown(clinic: Clinic, key: int) -> list[tuple[object, ...]]:
    """Return which alerts the form showed, and what came of them."""
    with connect(clinic.settings, Role.OWNER) as owner:
        return owner.execute(SHOWN, (key,)).fetchall()


def test_an_alert_that_the_form_shows_is_kept_once_however_often_it_runs(
    clinic: Clinic, allergic: int, chart: AppTest
) -> None:
    before = shown(clinic, allergic)
    labelled(chart.selectbox, "Medicine *").set_value(AMOXICILLIN).run()
    once = shown(clinic, allergic)
    labelled(chart.selectbox, WHY).set_value("tolerated").run()
    press(chart, "Check and go on")
    press(chart, "Back")

    assert before == []
    assert once == [(CODE, "major", None)]
    assert shown(clinic, allergic) == once


def test_what_cannot_be_kept_stops_nobody_from_prescribing(
    clinic: Clinic, allergic: int, chart: AppTest
) -> None:
    with connect(clinic.settings, Role.OWNER) as owner:
        owner.execute("delete from access.shown_alert")
        owner.execute(f"revoke execute on {KEEPING} from ehr_doctor")
    try:
        labelled(chart.selectbox, "Medicine *").set_value(AMOXICILLIN).run()
        asks = WHY in labels(chart)
        kept = shown(clinic, allergic)
    finally:
        with connect(clinic.settings, Role.OWNER) as owner:
            owner.execute(f"grant execute on {KEEPING} to ehr_doctor")

    assert asks
    assert not chart.exception
    assert kept == []


def test_what_is_contraindicated_asks_why_and_the_answer_is_kept(
    clinic: Clinic, allergic: int, chart: AppTest
) -> None:
    labelled(chart.selectbox, "Medicine *").set_value(AMOXICILLIN).run()
    assert "**Why in spite of the alerts:**" in said(press(chart, "Check and go on"))
    labelled(chart.selectbox, WHY).set_value("tolerated").run()
    words = said(press(chart, "Check and go on"))

    assert (
        "Cross-reaction with an allergy, major: amoxicillin with Penicillin G" in words
    )
    assert labelled(chart.button, "Save").disabled
    chart.checkbox[0].check().run()
    assert shown(clinic, allergic) == [(CODE, "major", None)]
    assert "Prescribed" in said(press(chart, "Save"))
    assert shown(clinic, allergic) == [(CODE, "major", "tolerated")]
    (entry,) = ordered_in_spite(clinic, allergic)
    assert entry.values["drug_code"] == AMOXICILLIN
    assert entry.values["alerts_overridden"] == CODE
    assert entry.values["override_reason_name"] == "Tolerated before"


def test_it_asks_once_per_patient_alert_and_prescriber(
    clinic: Clinic, allergic: int, chart: AppTest
) -> None:
    labelled(chart.selectbox, "Medicine *").set_value(AMOXICILLIN).run()

    assert WHY not in labels(chart)
    assert "amoxicillin with Penicillin G" in said(press(chart, "Check and go on"))
    assert [reason for *_, reason in shown(clinic, allergic)] == ["tolerated"]
    press(chart, "Back")


def test_what_is_graver_than_nothing_is_told_and_stops_nobody(
    clinic: Clinic, allergic: int, chart: AppTest
) -> None:
    before = shown(clinic, allergic)
    labelled(chart.selectbox, "Medicine *").set_value(IBUPROFEN).run()
    assert WHY not in labels(chart)
    words = said(press(chart, "Check and go on"))

    assert shown(clinic, allergic) == before
    assert "Interaction, major: ibuprofen with warfarin" in words
    assert not labelled(chart.button, "Save").disabled
    press(chart, "Back")


def test_a_medicine_of_no_list_is_said_not_to_be_checked(chart: AppTest) -> None:
    labelled(chart.selectbox, "Medicine *").set_value("another").run()
    labelled(chart.text_input, "Name and strength *").input("Xylophin 3 mg").run()
    labelled(chart.text_input, "Dose *").input("3").run()
    for label, value in (
        ("Unit *", "mg"),
        ("Route *", "oral"),
        ("How often *", "once daily"),
    ):
        labelled(chart.selectbox, label).set_value(value).run()
    labelled(chart.text_input, "Quantity per dispense *").input("30").run()
    labelled(chart.text_input, "Lasts (days) *").input("30").run()
    labelled(chart.text_input, "Refills *").input("0").run()
    words = said(press(chart, "Check and go on"))

    assert NOT_ON_THE_LISTS in words
    press(chart, "Back")


def test_the_chart_quotes_the_reason_once_the_marts_know_it(
    clinic: Clinic, chart: AppTest
) -> None:
    land_record(clinic.settings)
    build_marts(clinic.settings)
    app = chart.switch_page("views/doctor/chart.py").run()

    (loud,) = [each.value for each in app.warning if "in spite of" in each.value]
    told = loud.removeprefix(f"**{NEW}** ")
    assert told.startswith("Major: amoxicillin in spite of an allergy")
    assert loud.endswith(": Tolerated before")


def test_what_was_prescribed_by_mistake_gave_no_reason(
    clinic: Clinic, allergic: int, chart: AppTest
) -> None:
    labelled(chart.selectbox, "Medicine *").set_value(AMOXICILLIN).run()
    silenced = WHY not in labels(chart)
    (entry,) = ordered_in_spite(clinic, allergic)
    # In another window, while this form is open.
    enter_in_error(clinic.settings, clinic.doctor, entry, reason="Of another patient")
    chart.run()

    assert silenced
    assert WHY in labels(chart)
