"""The doses of a shift on the nurse's page: saved from the grid, and seen at once."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboards.shift.hours import shifts_around
from dashboards.shift.medicines import Ordered
from pipelines.access.assignments import assign_patient
from pipelines.access.people import Person
from pipelines.database.connections import connect
from pipelines.database.roles import Role
from pipelines.record.actions.dosage import Dosage
from pipelines.record.actions.entry import Entry
from pipelines.record.actions.prescribing import Medicine, prescribe
from pipelines.record.actions.reading_entries import entries
from tests.clinicians.conftest import Clinic
from tests.clinicians.test_forms import press, said
from tests.clock import ago
from tests.dashboards.entering import PATIENCE, enter_as

APP = Path(__file__).parents[2] / "dashboards" / "app.py"
WARD = "Ward of doses"
# Whom no other test of this folder writes about.
ANOTHER = """
    select patient_key from marts.dim_patients
    where patient_key <> %s and not is_deceased and not patient_key = any(%s)
    order by patient_key desc limit 1 offset %s
"""
ON_THE_WARD = """
    insert into access.ward_member (user_id, source_system, ward_name)
    values (%(nurse)s, 'operational', %(ward)s)
"""
LIES_THERE = """
    insert into access.ward_stay (source_system, ward_name, patient_key, started_at)
    values ('operational', %(ward)s, %(key)s, now() - interval '1 day')
"""
UNDO = (
    "delete from access.ward_member where ward_name = %(ward)s",
    "delete from access.ward_stay where ward_name = %(ward)s",
)
# Each hour has its dose, so that one is due whenever this runs.
DRUG = "nimodipine 30 MG Oral Tablet"
HOURLY = Dosage("30", "mg", "every hour", Decimal(24), Decimal(240), 10, 0, "oral")
NEEDED = Dosage("5", "mg", "as needed", Decimal(4), Decimal(20), 5, 0, "oral")
WEEKLY = Dosage("7.5", "mg", "once weekly", Decimal("0.142857"), 4, 28, 0, "oral")


@pytest.fixture(scope="module")
def lying(clinic: Clinic) -> int:
    """Return a patient of the nurse with a medicine of each kind, not in marts yet."""
    with connect(clinic.settings, Role.OWNER) as owner:
        key = another(clinic, 1)
        for user_id in ("doctor", "nurse"):
            assign_patient(owner, user_id, key, "treats")
    for name, dosage in ((DRUG, HOURLY), ("zolpidem", NEEDED), ("trexall", WEEKLY)):
        prescribe(
            clinic.settings,
            clinic.doctor,
            key,
            medicine=Medicine(name),
            dosage=dosage,
            started_at=ago(hours=3),
        )
    return key


@pytest.fixture
def ward(clinic: Clinic) -> Iterator[dict[str, object]]:
    """Yield the nurse's ward, with nobody on it."""
    values = {"ward": WARD, "nurse": clinic.nurse.user_id}
    with connect(clinic.settings, Role.OWNER) as owner:
        owner.execute(ON_THE_WARD, values)
    yield values
    with connect(clinic.settings, Role.OWNER) as owner:
        for statement in UNDO:
            owner.execute(statement, values)


def another(clinic: Clinic, place: int, but: Sequence[int] = ()) -> int:
    """Return a patient by place from the end, none of ``but``."""
    with connect(clinic.settings, Role.BUILDER) as builder:
        found = builder.execute(ANOTHER, (clinic.patient_key, list(but), place))
        return found.fetchone()[0]


def lay(clinic: Clinic, ward: dict[str, object], key: int) -> None:
    """Lay a patient on the ward."""
    with connect(clinic.settings, Role.OWNER) as owner:
        owner.execute(LIES_THERE, {**ward, "key": key})


def opened(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch, user_id: str = "nurse"
) -> AppTest:
    """Return the page of the doses, as a nurse sees it."""
    monkeypatch.setenv("EHR_HOME", str(clinic.settings.root))
    monkeypatch.setenv("EHR_MODE", "test")
    app = enter_as(AppTest.from_file(str(APP), default_timeout=PATIENCE).run(), user_id)
    app.session_state["ward_chosen"] = WARD
    return app.switch_page("views/nurse/doses.py").run()


def prescription(clinic: Clinic, key: int) -> Entry:
    """Return the medicine that is given each hour."""
    found = entries(clinic.settings, clinic.nurse, "prescriptions", [key])
    return next(each for each in found if each.values["drug_name"] == DRUG)


def written(clinic: Clinic, key: int) -> list[Entry]:
    """Return the doses that the nurse wrote of a patient, who may have had others."""
    given = entries(clinic.settings, clinic.nurse, "administrations", [key])
    return [e for e in given if e.changed_by_user_id == clinic.nurse.user_id]


def test_a_dose_saved_from_the_grid_shows_there_at_once(
    clinic: Clinic,
    lying: int,
    ward: dict[str, object],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lay(clinic, ward, lying)
    page = opened(clinic, monkeypatch)
    begin = f"dose_{prescription(clinic, lying).record_id}_"
    due = [each for each in page.button if (each.key or "").startswith(begin)]
    assert due[-1].label.split()[1] in ("Due", "Overdue")
    hour = due[-1].label.split()[-1]
    due[-1].click().run()
    chart = page.switch_page("views/nurse/chart.py").run()

    assert "Nimodipine 30 MG Oral Tablet" in said(chart)
    words = said(press(chart, "Check and go on"))
    assert f"You are about to record that you gave {DRUG}, due " in words
    assert f", {hour} for" in words
    assert "Recorded. Every nurse of this patient" in said(press(chart, "Save"))
    (dose,) = written(clinic, lying)
    assert f"{dose.values['scheduled_at']:%H:%M}" == hour
    again = opened(clinic, monkeypatch)
    assert f"{clinic.nurse.display_name}, being processed" in said(again)
    assert ":blue[**✓ Given**]" in said(again)
    assert due[-1].key not in [each.key for each in again.button]


def test_what_has_no_times_stands_apart_and_is_not_left_out(
    clinic: Clinic,
    lying: int,
    ward: dict[str, object],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lay(clinic, ward, lying)
    words = said(opened(clinic, monkeypatch))
    needed, timeless = words.index("**As needed**"), words.index("**Times not known")

    assert needed < words.index("**Zolpidem**") < timeless < words.index("**Trexall**")
    # The patient, whoever it is, may have others of these kinds.
    assert words.count("No dose was given in the last 15 days.") >= 2


def test_a_ward_of_which_nobody_is_the_nurses_leads_to_taking_over(
    clinic: Clinic, ward: dict[str, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    with connect(clinic.settings, Role.NURSE) as nurse:
        nurse.execute("select set_config('ehr.user_id', 'nurse', true)")
        (mine,) = nurse.execute("select access.visible_patients()").fetchone()
    lay(clinic, ward, another(clinic, 3, but=mine))

    words = said(opened(clinic, monkeypatch))
    assert "None of the patients of this ward is yours now: 1 lie there." in words
    assert "○ due" not in words


def test_a_nurse_without_a_ward_reads_why_there_is_nothing(
    clinic: Clinic, other_nurse: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = said(opened(clinic, monkeypatch, other_nurse.user_id))

    assert "Nobody lies on a ward of yours now, or you are put on none" in words
    assert "No patient of yours lies on a ward now." in words


def shown(ordered: Ordered | None) -> AppTest:
    """Return what stands of a patient with one medicine, or none, at noon."""

    def script(ordered: object, noon: object) -> None:
        from dashboards.shift.hours import shifts_around  # noqa: PLC0415 - of a page
        from dashboards.shift.patient import (  # noqa: PLC0415
            patient_of,
            show_patient,
        )

        shift = shifts_around(noon)[1]
        show_patient(patient_of([ordered] if ordered else [], [], shift, noon))

    noon = datetime.fromisoformat("2026-06-10 12:00")
    return AppTest.from_function(
        script, args=(ordered, noon), default_timeout=PATIENCE
    ).run()


def test_no_medicine_and_no_dose_in_the_shift_are_told_apart() -> None:
    evening = Ordered(
        *(1, "hospital:P1", "zopiclone", None, "7.5 mg", "at bedtime", 1.0),
        is_as_needed=False,
        started_at=None,
        ended_at=None,
        is_running=True,
    )
    words = said(shown(evening))

    assert "No medicine that runs is known here." in said(shown(None))
    assert "No dose is due in this shift." in words
    assert "Not due in this shift: Zopiclone." in words


def test_what_another_system_ordered_is_shown_and_not_given_here() -> None:
    begins = shifts_around(datetime.fromisoformat("2026-06-10 12:00"))[1].begins_at
    elsewhere = Ordered(
        *(1, "hospital:P1", "aspirin", None, "100 mg", "once daily", 1.0),
        is_as_needed=False,
        started_at=begins,
        ended_at=None,
        is_running=True,
    )
    page = shown(elsewhere)

    assert ":red[**▲ Overdue**] 08:00" in said(page)
    assert list(page.button) == []
