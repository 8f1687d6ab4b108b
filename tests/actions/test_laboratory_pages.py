"""The technician's pages: a specimen goes on, a result is corrected, all by hand."""

from decimal import Decimal
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from pipelines.access.people import Person
from pipelines.database.connections import connect
from pipelines.database.roles import Role
from pipelines.record.actions.entry import Entry
from pipelines.settings import Settings
from tests.actions.conftest import MINE
from tests.actions.test_laboratory_work import (
    only,
    order,
    result,
    specimen,
    technician,
)
from tests.actions.test_patients_pages import fill, press, said
from tests.dashboards.entering import PATIENCE, enter_as

__all__ = ["order", "specimen", "technician"]  # fixtures
APP = Path(__file__).parents[2] / "dashboards" / "app.py"
MARTS = """
    create schema if not exists marts;
    create table if not exists marts.fct_open_orders (
        lab_order_key text, patient_key bigint, category_code text, test_name text,
        priority_code text, status_code text, ordered_at timestamptz,
        is_overdue boolean, urgency_rank integer, source_system text
    );
    create table if not exists marts.fct_open_specimens (
        specimen_key text, patient_key bigint, specimen_type_name text,
        accession_number text, status_code text, collected_at timestamptz,
        status_at timestamptz, source_system text
    );
    truncate marts.fct_open_orders, marts.fct_open_specimens;
    grant usage on schema marts to ehr_lab_technician;
    grant select on marts.fct_open_orders, marts.fct_open_specimens
    to ehr_lab_technician;
"""
ORDERED = """
    insert into marts.fct_open_orders values
    (%s, 1, 'laboratory', 'Potassium', 'routine', 'ordered', now(), false, 3,
        'operational'),
    ('hospital:O9', 1, 'laboratory', 'Sodium', 'stat', 'ordered', now(), true, 1,
        'hospital')
"""
TAKEN = """
    insert into marts.fct_open_specimens values
    (%s, 1, 'Venous blood', 'A-1', 'collected', now(), now(), 'operational')
"""


@pytest.fixture
def app(ward: Settings, technician: Person, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    """Return the app with the technician signed in."""
    with connect(ward, Role.OWNER) as owner:
        owner.execute(MARTS)
    monkeypatch.setenv("EHR_HOME", str(ward.root))
    monkeypatch.setenv("EHR_MODE", "test")
    app = AppTest.from_file(str(APP), default_timeout=PATIENCE)
    return enter_as(app, technician.user_id)


def worklist(app: AppTest, which: str) -> AppTest:
    """Open the list of orders or specimens."""
    app.session_state["laboratory_what"] = which
    return app.switch_page("views/lab_technician/worklist.py").run()


def test_an_order_goes_on_and_shows_at_once(
    app: AppTest, ward: Settings, order: Entry
) -> None:
    with connect(ward, Role.OWNER) as owner:
        owner.execute(ORDERED, (order.key,))
    app = worklist(app, "Orders")
    shown = app.dataframe[0].value
    assert list(shown["What"]) == ["Sodium", "Potassium"]
    assert list(shown["Status"]) == ["Ordered, overdue", "Ordered, being processed"]

    fill(app, "selectbox", "Which one", order.key)
    fill(app, "selectbox", "Goes on to", "received")
    press(app, "Check and go on")
    press(app, "Save")

    assert only(ward, "lab_orders").values["status_code"] == "received"
    again = worklist(app, "Orders").dataframe[0].value
    assert list(again["Status"])[1] == "Received, being processed"


def test_what_another_system_delivered_is_set_there(
    app: AppTest, ward: Settings, order: Entry
) -> None:
    with connect(ward, Role.OWNER) as owner:
        owner.execute(ORDERED, (order.key,))
    app = worklist(app, "Orders")

    fill(app, "selectbox", "Which one", "hospital:O9")

    assert "Delivered by hospital: its status is set there." in said(app)
    assert not [each for each in app.button if each.label == "Check and go on"]


def test_a_specimen_is_rejected_with_a_reason_and_asked_for_again(
    app: AppTest, ward: Settings, order: Entry, specimen: Entry
) -> None:
    assert order
    with connect(ward, Role.OWNER) as owner:
        owner.execute(TAKEN, (specimen.key,))
    app = worklist(app, "Specimens")
    fill(app, "selectbox", "Which one", specimen.key)
    fill(app, "selectbox", "Goes on to", "rejected")
    press(app, "Check and go on")
    assert "This has to be filled in." in said(app)
    fill(app, "selectbox", "Why", "haemolysed")
    press(app, "Check and go on")
    press(app, "Save")

    with connect(ward, Role.EXTRACTOR, "record") as record:
        statuses = record.execute(
            "select status_code from laboratory.specimens order by changed_at"
        ).fetchall()
    assert sorted(statuses) == [("collected",), ("ordered",), ("rejected",)]


def test_a_result_is_corrected_with_old_and_new_in_sight(
    app: AppTest, ward: Settings
) -> None:
    found = result(ward, "6.1", Decimal("6.1"))

    def script(key: int) -> None:
        from dashboards import session  # noqa: PLC0415 - the script runs by itself
        from dashboards.laboratory import results  # noqa: PLC0415

        session.check()
        results._show_patient(key, "Meyer, Ada")  # noqa: SLF001

    page = enter_as(
        AppTest.from_function(script, kwargs={"key": MINE}, default_timeout=PATIENCE),
        "technician",
    )
    assert app
    fill(page, "selectbox", "Result", found.record_id)
    fill(page, "text_input", "New value", "4.1")
    fill(page, "text_input", "Reason", "swapped tubes")
    press(page, "Check and go on")
    text = said(page)
    assert "Old: 6.1 mmol/L" in text
    assert "New: 4.1 mmol/L" in text
    assert "Meyer, Ada" in text
    press(page, "Save")

    assert only(ward, "lab_results").values["value_text"] == "4.1"
