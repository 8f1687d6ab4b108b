"""The active list on its pages: side by side, decided line by line, signed, read."""

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboards.reconciling.words import NEVER_SIGNED
from pipelines.building import build_marts
from pipelines.database.connections import connect
from pipelines.database.databases import RECORD
from pipelines.database.roles import Role
from pipelines.record.actions.dosage import Dosage
from pipelines.record.actions.entry import Entry
from pipelines.record.actions.prescribing import Medicine, prescribe, stop
from pipelines.record.actions.reading_entries import entries
from pipelines.record.actions.reconciling_medicines import (
    FEED,
    Reconciled,
    reconciled,
)
from pipelines.write_back import land_record
from tests.clinicians.conftest import Clinic
from tests.clinicians.test_forms import choose, labelled, press, said
from tests.dashboards.entering import PATIENCE, enter_as

APP = Path(__file__).parents[2] / "dashboards" / "app.py"
# A patient who takes nothing and whom no other test of this folder writes about.
TAKES_NOTHING = """
    select patient_key from marts.dim_patients as patient
    where not is_deceased and patient_key <> %s and not exists (
        select from marts.fct_medication_history as history
        where history.patient_key = patient.patient_key
    )
    order by patient_key limit 1
"""
GIVE = """
    insert into access.assignment (user_id, patient_key, reason)
    values ('nurse', %(key)s, 'treats'), ('doctor', %(key)s, 'treats')
"""
READ = """
    select subject from audit.event
    where action = 'read' and user_id = %s and patient_keys = array[%s]::bigint[]
    order by event_id desc limit 1
"""
METFORMIN = Medicine("metformin hydrochloride 500 MG Oral Tablet", "861007", "RxNorm")
DROPS = Medicine("Mistletoe drops")
TWICE = Dosage("500", "mg", "twice daily", Decimal(2), Decimal(60), 30, 3, "oral")
ONCE = Dosage("500", "mg", "once daily", Decimal(1), Decimal(30), 30, 3, "oral")
Open = Callable[..., AppTest]
SIGN_TICK = "I have decided every line *"


@pytest.fixture(scope="module")
def patient_key(clinic: Clinic) -> int:
    """Return a patient of the doctor and the nurse who takes nothing yet."""
    with connect(clinic.settings, Role.BUILDER) as builder:
        found = builder.execute(TAKES_NOTHING, (clinic.patient_key,)).fetchone()
    with connect(clinic.settings, Role.OWNER) as owner:
        owner.execute(GIVE, {"key": found[0]})
    return found[0]


@pytest.fixture
def opened(clinic: Clinic, patient_key: int, monkeypatch: pytest.MonkeyPatch) -> Open:
    """Return what opens a page of the patient as a persona sees it."""
    monkeypatch.setenv("EHR_HOME", str(clinic.settings.root))
    monkeypatch.setenv("EHR_MODE", "test")

    def open_page(role: str, page: str = "active_list") -> AppTest:
        app = enter_as(
            AppTest.from_file(str(APP), default_timeout=PATIENCE).run(), role
        )
        app.session_state["patient_key"] = patient_key
        app.switch_page(f"views/{role}/{page}.py").run()
        assert not app.exception
        return app

    return open_page


def standing(clinic: Clinic, patient_key: int) -> Reconciled:
    """Return what stands decided."""
    return reconciled(entries(clinic.settings, clinic.doctor, FEED, [patient_key]))


def running(clinic: Clinic, patient_key: int) -> list[Entry]:
    """Return the prescriptions of the patient."""
    return entries(clinic.settings, clinic.doctor, "prescriptions", [patient_key])


def decide(app: AppTest, medicine: str, decision: str, why: str = "") -> None:
    """Choose what becomes of a line."""
    box = next(
        each for each in app.selectbox
        if each.label.startswith(medicine) and "why" not in each.label
    )  # fmt: skip
    box.set_value(decision).run()
    if why:
        labelled(app.selectbox, f"{medicine}: why *").set_value(why).run()


def sign(app: AppTest) -> str:
    """Fill in the rest and save; return what the page says."""
    labelled(app.selectbox, "Reconciled at *").set_value("admission").run()
    labelled(app.text_area, "Conclusion *").input("As agreed.").run()
    labelled(app.checkbox, SIGN_TICK).check().run()
    press(app, "Check and go on")
    for box in app.checkbox:
        if box.label == "I have considered this":
            box.check().run()
    return said(press(app, "Save"))


def table_of(app: AppTest, medicine: str) -> dict[str, str]:
    """Return the first row of the table that has a medicine."""
    for each in app.table:
        frame = each.value
        if "Medicine" in frame and frame["Medicine"].iloc[0].startswith(medicine):
            return frame.iloc[0].to_dict() | {"Source": frame.index[0]}
    raise AssertionError(medicine)


def test_the_page_without_a_patient_says_how_to_choose_one(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EHR_HOME", str(clinic.settings.root))
    monkeypatch.setenv("EHR_MODE", "test")
    app = enter_as(AppTest.from_file(str(APP), default_timeout=PATIENCE).run(), "nurse")
    app.switch_page("views/nurse/active_list.py").run()

    assert "Choose a patient first." in said(app)


def test_a_patient_who_takes_nothing_has_an_empty_list_that_is_signed(
    clinic: Clinic, patient_key: int, opened: Open
) -> None:
    page = opened("doctor")
    before = said(page)
    words = sign(page)

    assert "No source tells of a medicine that this patient takes now." in before
    assert NEVER_SIGNED in before
    assert "List of medicines reconciled" in words
    assert standing(clinic, patient_key).is_signed


def test_what_was_ordered_since_is_undecided_on_every_page(
    clinic: Clinic, patient_key: int, opened: Open
) -> None:
    for medicine in (METFORMIN, DROPS):
        prescribe(
            clinic.settings, clinic.doctor, patient_key, medicine=medicine, dosage=TWICE
        )
    page, chart = opened("doctor"), opened("doctor", "chart")
    row = table_of(page, "metformin")

    for words in (said(page), said(chart)):
        assert "● Undecided since: 2 of 2 (Metformin, Mistletoe drops)." in words
        assert f"by {clinic.doctor.display_name} (admission)." in words
    assert "? Known to no list of medicines" in said(page)
    assert row["Source"] == "This record"
    assert (row["Dose"], row["How often"]) == ("500 mg", "twice daily")
    assert row["Known by"] == "its code"
    assert table_of(page, "Mistletoe")["Known by"] == "not known to any list"


def test_what_is_not_decided_is_named_and_nothing_is_saved(
    clinic: Clinic, patient_key: int, opened: Open
) -> None:
    page = opened("doctor")
    decide(page, "Metformin", "stop")
    words = said(press(page, "Check and go on"))

    assert "**Metformin: why:** This has to be filled in." in words
    assert "Not saved: some of it has to be mended first." in words
    assert standing(clinic, patient_key).of("metformin") is None
    press(page, "Throw away")


def test_a_doctor_decides_each_line_and_the_chart_says_when(
    clinic: Clinic, patient_key: int, opened: Open
) -> None:
    page = opened("doctor")
    decide(page, "Metformin", "continue")
    decide(page, "Mistletoe drops", "stop", why="not_effective")
    words = sign(page)
    now = standing(clinic, patient_key)
    drops = next(
        each
        for each in running(clinic, patient_key)
        if each.values["drug_name"] == DROPS.drug_name
    )
    chart = said(opened("doctor", "chart"))

    assert "List of medicines reconciled" in words
    assert "Decided: Continue" in words
    assert now.of("metformin").values["decision_code"] == "continue"
    assert now.of("mistletoe drops").values["reason_name"] == "Not effective"
    assert drops.values["status_code"] == "stopped"
    assert "✓ Every line of the list is decided." in chart
    assert "Last reconciled" in chart


def test_a_decision_stands_when_the_marts_have_what_was_saved(
    clinic: Clinic, opened: Open
) -> None:
    land_record(clinic.settings)
    build_marts(clinic.settings)
    page = opened("doctor")

    assert "✓ Every line of the list is decided." in said(page)
    assert table_of(page, "metformin")["Known by"] == "its code"
    assert "Mistletoe" not in str([each.value for each in page.table])


def test_a_nurse_reads_the_list_and_signs_nothing(
    clinic: Clinic, patient_key: int, opened: Open
) -> None:
    page = opened("nurse")

    assert "Decided: Continue" in said(page)
    assert table_of(page, "metformin")["How often"] == "twice daily"
    assert "Check and go on" not in [each.label for each in page.button]
    assert not page.selectbox
    with connect(clinic.settings, Role.OWNER) as owner:
        reads = owner.execute(
            READ.replace("limit 1", "limit 6"), (clinic.nurse.user_id, patient_key)
        ).fetchall()
    assert ("active list",) in reads


def test_another_dose_is_undecided_again(
    clinic: Clinic, patient_key: int, opened: Open
) -> None:
    prescribe(
        clinic.settings, clinic.doctor, patient_key, medicine=METFORMIN, dosage=ONCE
    )
    words = said(opened("nurse"))

    assert "● Undecided: changed since it was decided. Decided: Continue" in words
    assert "⧉ Twice in one source: this record" in words


def test_the_same_list_is_signed_from_the_chart(
    clinic: Clinic, patient_key: int, opened: Open
) -> None:
    second = max(running(clinic, patient_key), key=lambda each: each.changed_at)
    stop(clinic.settings, clinic.doctor, second, why="no_longer_needed", reason="twice")
    chart = choose(opened("doctor", "chart"), "Medication reconciliation")
    decide(chart, "Metformin", "not_taken")
    words = sign(chart)

    assert "List of medicines reconciled" in words
    assert (
        standing(clinic, patient_key).of("metformin").values["decision_code"]
        == "not_taken"
    )


def test_a_signature_is_withdrawn_with_its_reason(
    clinic: Clinic, patient_key: int, opened: Open
) -> None:
    page = opened("doctor")
    labelled(page.text_input, "Why it is withdrawn *").input("Wrong patient").run()
    forms = [each for each in page.button if each.label == "Check and go on"]
    forms[-1].click().run()
    words = said(press(page, "Save"))

    assert "The last reconciliation was withdrawn by" in words
    assert not standing(clinic, patient_key).is_signed
    assert "● Undecided: 1 of 1 (Metformin)." in said(opened("nurse"))


def test_a_record_that_cannot_be_read_hides_no_chart(
    clinic: Clinic, opened: Open
) -> None:
    right = "select on medicines.medication_reconciliations"
    with connect(clinic.settings, Role.OWNER, RECORD) as record:
        record.execute(f"revoke {right} from ehr_nurse")
    try:
        chart, page = opened("nurse", "chart"), opened("nurse")
    finally:
        with connect(clinic.settings, Role.OWNER, RECORD) as record:
            record.execute(f"grant {right} to ehr_nurse")

    assert "cannot be shown just now" in said(chart)
    assert "The record cannot be read just now" in said(page)
