"""How every form behaves: drafts, errors by field, one last check, saved once."""

from pathlib import Path

import psycopg
import pytest
from streamlit.testing.v1 import AppTest

from pipelines.database.connections import connect
from pipelines.database.databases import RECORD
from pipelines.database.roles import Role
from tests.clinicians.conftest import Clinic
from tests.dashboards.entering import PATIENCE, enter_as
from tests.versions import versions

APP = Path(__file__).parents[2] / "dashboards" / "app.py"


def opened(clinic: Clinic, monkeypatch: pytest.MonkeyPatch, role: str) -> AppTest:
    """Return the patient's chart as a persona sees it."""
    monkeypatch.setenv("EHR_HOME", str(clinic.settings.root))
    monkeypatch.setenv("EHR_MODE", "test")
    app = AppTest.from_file(str(APP), default_timeout=PATIENCE)
    app = enter_as(app.run(), role)
    app.session_state["patient_key"] = clinic.patient_key
    return app.switch_page(f"views/{role}/chart.py").run()


@pytest.fixture
def doctor(clinic: Clinic, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    """Return the chart as the doctor sees it."""
    return opened(clinic, monkeypatch, "doctor")


@pytest.fixture
def nurse(clinic: Clinic, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    """Return the chart as the nurse sees it."""
    return opened(clinic, monkeypatch, "nurse")


def choose(app: AppTest, what: str) -> AppTest:
    """Choose what to write."""
    return app.pills(key="writing").set_value(what).run()


def labelled(elements: object, label: str) -> object:
    """Return the widget with a label."""
    found = [each for each in elements if each.label == label]
    assert found, f"no {label!r} among {[each.label for each in elements]}"
    return found[0]


def press(app: AppTest, label: str) -> AppTest:
    """Press a button by its label."""
    return labelled(app.button, label).click().run()


def said(app: AppTest) -> str:
    """Return all that the page says."""
    kinds = ("markdown", "caption", "info", "warning", "error", "success")
    return "\n".join(each.value for kind in kinds for each in app.get(kind))


def write_note(app: AppTest, text: str) -> AppTest:
    """Write a note up to the last step."""
    choose(app, "Note")
    labelled(app.text_area, "Text *").input(text).run()
    return press(app, "Check and go on")


def test_what_is_missing_is_named_and_nothing_is_saved(
    clinic: Clinic, doctor: AppTest
) -> None:
    before = versions(clinic.settings, "conditions")
    choose(doctor, "Diagnosis")
    words = said(press(doctor, "Check and go on"))

    assert "**Diagnosis:** This has to be filled in." in words
    assert "Not saved: some of it has to be mended first." in words
    assert "You are about to" not in words
    assert versions(clinic.settings, "conditions") == before


def test_the_last_step_reads_back_for_whom_and_what(
    clinic: Clinic, doctor: AppTest
) -> None:
    words = said(write_note(doctor, "Walks without help."))

    assert "You are about to sign a note" in words
    assert clinic.name in words
    assert clinic.number in words
    assert "Walks without help." in words
    assert not [e for e in clinic.written("notes") if "Walks" in e.values["note_text"]]


def test_what_was_saved_shows_at_once_as_being_processed(
    clinic: Clinic, doctor: AppTest
) -> None:
    words = said(press(write_note(doctor, "Eats again."), "Save"))
    note = clinic.written("notes")[-1]

    assert "Note signed" in words
    assert "Progress" not in note.values["note_text"]
    assert (note.values["note_text"], note.is_pending) == ("Eats again.", True)
    assert "Visit note: Eats again.: Dr." in words
    assert "being processed" in words
    assert labelled(doctor.text_area, "Text *").value == ""


def test_back_keeps_what_was_typed_and_saves_nothing(
    clinic: Clinic, doctor: AppTest
) -> None:
    before = versions(clinic.settings, "notes")
    press(write_note(doctor, "Not yet."), "Back")

    assert labelled(doctor.text_area, "Text *").value == "Not yet."
    assert versions(clinic.settings, "notes") == before


def test_what_was_typed_is_there_after_a_time_out(
    clinic: Clinic, doctor: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    choose(doctor, "Referral")
    labelled(doctor.text_area, "Question *").input("Biopsy?").run()
    later = choose(opened(clinic, monkeypatch, "doctor"), "Referral")

    assert labelled(later.text_area, "Question *").value == "Biopsy?"
    assert "nothing of it is saved yet" in said(later)
    press(later, "Throw away")
    assert labelled(later.text_area, "Question *").value == ""
    again = choose(opened(clinic, monkeypatch, "doctor"), "Referral")
    assert labelled(again.text_area, "Question *").value == ""


def test_a_failure_that_nobody_foresaw_keeps_the_form_and_tells_no_value(
    doctor: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        msg = "Meyer has gout"
        raise psycopg.OperationalError(msg)

    write_note(doctor, "Gout.")
    monkeypatch.setattr("dashboards.writing.notes.write_note", fail)
    words = said(press(doctor, "Save"))

    assert "error number" in words
    assert "Meyer has gout" not in words
    assert labelled(doctor.text_area, "Text *").value == "Gout."


def test_a_record_that_cannot_be_read_hides_no_chart(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    with connect(clinic.settings, Role.OWNER, RECORD) as record:
        record.execute("revoke usage on schema history from ehr_doctor")
    try:
        words = said(opened(clinic, monkeypatch, "doctor"))
    finally:
        with connect(clinic.settings, Role.OWNER, RECORD) as record:
            record.execute("grant usage on schema history to ehr_doctor")

    assert "cannot be shown just now" in words
    assert clinic.number in words


def test_a_medicine_that_an_allergy_matches_has_to_be_considered(
    doctor: AppTest, nurse: AppTest
) -> None:
    choose(nurse, "Allergy")
    labelled(nurse.selectbox, "Substance *").set_value("7980").run()
    labelled(nurse.selectbox, "Criticality *").set_value("high").run()
    press(nurse, "Check and go on")
    assert "Allergy recorded" in said(press(nurse, "Save"))
    choose(doctor, "Prescription")
    labelled(doctor.selectbox, "Medicine *").set_value("308191").run()
    words = said(press(doctor, "Check and go on"))

    assert "ALLERGY on record: Penicillin G" in words
    assert labelled(doctor.button, "Save").disabled
    doctor.checkbox[0].check().run()
    assert not labelled(doctor.button, "Save").disabled
    press(doctor, "Back")
    press(doctor, "Throw away")


def test_what_is_usual_of_a_medicine_is_filled_in(doctor: AppTest) -> None:
    choose(doctor, "Prescription")
    labelled(doctor.selectbox, "Medicine *").set_value("861007").run()

    assert labelled(doctor.text_input, "Dose *").value == "500"
    assert labelled(doctor.selectbox, "How often *").value == "twice daily"
    assert labelled(doctor.text_input, "Quantity per dispense *").value == "180"
    press(doctor, "Throw away")


def test_a_second_dose_within_the_interval_has_to_be_considered(
    clinic: Clinic, nurse: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    medicine = next(m for m in clinic.medicines() if m.values["doses_per_day"])
    choose(nurse, "Give medicines")
    nurse.button(key=f"give_{medicine.record_id}").click().run()
    press(nurse, "Check and go on")
    assert "Every nurse of this patient sees it" in said(press(nurse, "Save"))
    second = choose(opened(clinic, monkeypatch, "nurse"), "Give medicines")

    assert f"by {clinic.nurse.display_name}, being processed" in said(second)
    second.button(key=f"give_{medicine.record_id}").click().run()
    words = said(press(second, "Check and go on"))
    assert "SECOND DOSE within the interval" in words
    assert labelled(second.button, "Save").disabled
    assert len(clinic.written("administrations")) == 1


def test_an_unusual_value_is_read_a_second_time(nurse: AppTest) -> None:
    choose(nurse, "Vital signs")
    labelled(nurse.text_input, "Heart rate (/min)").input("190").run()
    words = said(press(nurse, "Check and go on"))

    assert "Heart rate: 190 /min is unusual. Is it right?" in words
    assert labelled(nurse.button, "Save").disabled
    press(nurse, "Back")
    press(nurse, "Throw away")


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("640", "Possible is at least 10, at most 350 /min."),
        ("64,5", "A number with a point"),
        ("64.5", "At most 0 decimals."),
    ],
)
def test_an_impossible_value_is_named_at_its_field(
    nurse: AppTest, typed: str, why: str
) -> None:
    choose(nurse, "Vital signs")
    labelled(nurse.text_input, "Heart rate (/min)").input(typed).run()
    words = said(press(nurse, "Check and go on"))

    assert f"**Heart rate:** {why}" in words
    assert "You are about to" not in words
    press(nurse, "Throw away")


def test_oxygen_and_consciousness_are_recorded_and_corrected(
    clinic: Clinic, nurse: AppTest
) -> None:
    choose(nurse, "Vital signs")
    labelled(nurse.text_input, "Inhaled oxygen flow rate (L/min)").input("2.5").run()
    awake = "Level of consciousness (ACVPU)"
    labelled(nurse.selectbox, awake).set_value("New confusion").run()
    words = said(press(nurse, "Check and go on"))

    assert "Inhaled oxygen flow rate: **2.5 L/min**" in words
    assert f"{awake}: **New confusion**" in words
    words = said(press(nurse, "Save"))
    flow, consciousness = clinic.written("vital_signs")[-2:]
    assert (flow.values["value_text"], flow.values["unit"]) == ("2.5", "L/min")
    assert consciousness.values["value_text"] == "New confusion"
    assert f"{awake} New confusion, " in words
    assert "being processed" in words


def test_consciousness_alone_is_enough_and_nothing_is_not(nurse: AppTest) -> None:
    choose(nurse, "Vital signs")
    words = said(press(nurse, "Check and go on"))
    assert "Fill in at least one value." in words

    labelled(nurse.selectbox, "Level of consciousness (ACVPU)").set_value("Alert").run()
    assert "You are about to" in said(press(nurse, "Check and go on"))
    press(nurse, "Back")
    press(nurse, "Throw away")


def test_nobody_is_offered_what_the_role_may_not(
    doctor: AppTest, nurse: AppTest
) -> None:
    for_doctors = doctor.pills(key="writing").options
    for_nurses = nurse.pills(key="writing").options

    assert "Give medicines" in for_nurses
    assert "Give medicines" not in for_doctors
    assert not {"Prescription", "Diagnosis", "Order", "Referral"} & set(for_nurses)


SNAPSHOT = """
    select record_snapshot from raw.build where status = 'succeeded'
    order by build_id desc limit 1
"""
OTHER_BUILD = """
    update raw.build set record_snapshot = %s
    where build_id = (select max(build_id) from raw.build where status = 'succeeded')
"""


def read_at(app: AppTest) -> float:
    """Return when the chart on the page was read."""
    return app.session_state["kept_chart"][1]


def test_a_chart_is_read_anew_once_the_marts_were_built(
    clinic: Clinic, doctor: AppTest
) -> None:
    before = read_at(doctor)
    assert read_at(doctor.run()) == before
    with connect(clinic.settings, Role.OWNER) as owner:
        (snapshot,) = owner.execute(SNAPSHOT).fetchone()
        first, after, _ = snapshot.split(":")
        owner.execute(OTHER_BUILD, (f"{first}:{int(after) + 1}:",))
    try:
        # What was saved is kept for some seconds, as the chart is.
        doctor.session_state["kept_saved"] = (None, 0.0, None)
        doctor.run()
    finally:
        with connect(clinic.settings, Role.OWNER) as owner:
            owner.execute(OTHER_BUILD, (snapshot,))

    assert read_at(doctor) > before
