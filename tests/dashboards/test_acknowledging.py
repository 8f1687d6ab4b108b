"""Acknowledging on the worklist: off the list at once, or the row stays and why."""

from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from streamlit.testing.v1 import AppTest

from pipelines.database.connections import connect
from pipelines.database.databases import RECORD
from pipelines.database.roles import Role
from pipelines.settings import Settings
from tests.access.audit_away import audit_away
from tests.dashboards.conftest import FINDINGS, FORGET
from tests.dashboards.entering import PATIENCE
from tests.dashboards.test_pages import open_chart, sign_in, texts
from tests.dashboards.test_worklist import headings, rows_shown

APP = Path(__file__).parents[2] / "dashboards" / "app.py"
SAVED = """
    select user_id, comment_text from laboratory.acknowledgements
    where lab_result_key = %s
"""


@pytest.fixture
def app(hospital: Settings, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    """Return the app with a doctor signed in, on the worklist."""
    monkeypatch.setenv("EHR_HOME", str(hospital.root))
    monkeypatch.setenv("EHR_MODE", "test")
    app = AppTest.from_file(str(APP), default_timeout=PATIENCE).run()
    return sign_in(app, "doctor")


def saved(hospital: Settings, analyte: str) -> list[tuple]:
    """Return what the record holds about the result of a row."""
    with connect(hospital, Role.EXTRACTOR, database=RECORD) as record:
        return record.execute(SAVED, (f"hospital:{analyte}",)).fetchall()


def in_warehouse(hospital: Settings, statement: str, *values: object) -> None:
    """Change something behind the page's back."""
    with connect(hospital, Role.OWNER) as connection:
        connection.execute(statement, values)


def acknowledge(app: AppTest, analyte: str) -> str:
    """Press the button of a row; return all that the page says then."""
    return texts(app.button(key=f"acknowledge_3_{analyte}").click().run())


def test_one_click_takes_a_row_off_the_list(
    analyte: str, app: AppTest, hospital: Settings
) -> None:
    assert "Critical (2)" in headings(app)
    said = acknowledge(app.run(), analyte)

    assert f"3_{analyte}" not in rows_shown(app)
    assert "Critical (1)" in headings(app)
    assert "Meier-Lang, Chloé, Test: acknowledged by Dr. One" in said
    assert "being processed" in said
    assert saved(hospital, analyte) == [("doctor", "")]


def test_a_click_after_the_session_was_revoked_acknowledges_nothing(
    analyte: str, app: AppTest, hospital: Settings
) -> None:
    app.run()
    in_warehouse(hospital, "update access.session set revoked_at = now()")
    acknowledge(app, analyte)

    assert saved(hospital, analyte) == []
    assert app.title[0].value == "EHR Warehouse"


def test_what_is_told_of_a_test_is_no_markdown(
    analyte: str, app: AppTest, hospital: Settings
) -> None:
    in_warehouse(
        hospital,
        "update marts.fct_result_worklist set test_name = '![x](http://evil/p.png)' "
        "where analyte_code = %s",
        analyte,
    )
    acknowledge(app.run(), analyte)

    assert r"\[x\](http" in app.toast[0].value


def test_a_comment_goes_with_it(analyte: str, app: AppTest, hospital: Settings) -> None:
    app.run()
    app.text_input(key=f"comment_3_{analyte}").input("repeat at noon")
    app.button(key=f"acknowledge_with_comment_3_{analyte}").click().run()

    assert saved(hospital, analyte) == [("doctor", "repeat at noon")]


def test_a_result_that_was_corrected_meanwhile_stays_on_the_list(
    analyte: str, app: AppTest, hospital: Settings
) -> None:
    app.run()
    in_warehouse(
        hospital,
        "update marts.fct_abnormal_findings set reading_hash = md5('corrected') "
        "where analyte_code = %s",
        analyte,
    )
    said = acknowledge(app, analyte)

    assert "this result was corrected meanwhile" in said
    assert f"3_{analyte}" in rows_shown(app)
    assert saved(hospital, analyte) == []


def test_what_was_acknowledged_of_an_earlier_reading_does_not_hide_the_row(
    analyte: str, app: AppTest, hospital: Settings
) -> None:
    acknowledge(app.run(), analyte)
    in_warehouse(
        hospital,
        "update marts.fct_abnormal_findings set reading_hash = md5('corrected') "
        "where analyte_code = %s",
        analyte,
    )

    assert f"3_{analyte}" in rows_shown(app.run())


def test_a_row_with_one_finding_left_stays(
    analyte: str, app: AppTest, hospital: Settings
) -> None:
    acknowledge(app.run(), analyte)
    more = {
        "analyte": analyte,
        "key": f"hospital:{analyte}-2",
        "at": datetime(2026, 6, 21, tzinfo=UTC),
    }
    with connect(hospital, Role.OWNER) as connection:
        connection.execute(FINDINGS, more)
    said = texts(app.run())

    assert f"3_{analyte}" in rows_shown(app)
    assert "1 of them acknowledged, being processed." in said


def test_a_row_that_is_gone_says_why_it_was_not_acknowledged(
    analyte: str, app: AppTest, hospital: Settings
) -> None:
    app.run()
    for statement in FORGET:
        in_warehouse(hospital, statement.replace("%(analyte)s", "%s"), analyte)

    assert "Not acknowledged, and no longer on the list" in acknowledge(app, analyte)


def test_without_audit_nothing_is_saved(
    analyte: str, app: AppTest, hospital: Settings
) -> None:
    app.run()
    with audit_away(hospital):
        acknowledge(app, analyte)
    said = texts(app.run())

    assert "the audit trail cannot be written" in said
    assert f"3_{analyte}" in rows_shown(app)
    assert saved(hospital, analyte) == []


def test_a_failure_that_nobody_foresaw_keeps_the_row(
    analyte: str, app: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        msg = "Meier-Lang has 1.4"
        raise psycopg.OperationalError(msg)

    app.run()
    monkeypatch.setattr("dashboards.worklist.acknowledging.acknowledge", fail)
    said = acknowledge(app, analyte)

    assert "error number" in said
    assert "Meier-Lang has" not in said
    assert f"3_{analyte}" in rows_shown(app)


def test_a_record_that_cannot_be_read_hides_nothing(
    analyte: str, app: AppTest, hospital: Settings
) -> None:
    acknowledge(app.run(), analyte)
    with connect(hospital, Role.OWNER, database=RECORD) as record:
        record.execute("revoke usage on schema laboratory from ehr_doctor")
    said = texts(app.run())
    with connect(hospital, Role.OWNER, database=RECORD) as record:
        record.execute("grant usage on schema laboratory to ehr_doctor")

    assert "cannot be shown just now" in said
    assert f"3_{analyte}" in rows_shown(app)


def test_the_chart_offers_what_is_open_and_takes_it_off(
    analyte: str, app: AppTest, hospital: Settings
) -> None:
    said = texts(open_chart(app, "doctor", 3))
    assert "Waiting to be acknowledged (4)" in headings(app)
    assert "Critical: 1 of the last 30 days, 1 older." in said
    app.toggle(key="open_on_chart").set_value(True).run()
    said = acknowledge(app, analyte)

    assert "Waiting to be acknowledged (3), 1 being processed" in headings(app)
    assert "Test: acknowledged by Dr. One" in said
    assert "Critical: 0 of the last 30 days, 1 older." in said
    assert saved(hospital, analyte) == [("doctor", "")]


def test_a_nurse_reads_on_the_chart_what_is_open(
    hospital: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EHR_HOME", str(hospital.root))
    monkeypatch.setenv("EHR_MODE", "test")
    app = sign_in(AppTest.from_file(str(APP), default_timeout=PATIENCE).run(), "nurse")
    open_chart(app, "nurse", 1)
    said = texts(app.toggle(key="open_on_chart").set_value(True).run())

    assert "A doctor acknowledges results." in said
    assert "critically high" in said
    assert not [button for button in app.button if "Acknowledge" in button.label]


def test_the_chart_tells_who_has_seen_a_result(app: AppTest) -> None:
    open_chart(app, "doctor", 1)

    shown = app.dataframe[0].value.set_index("Result")["Acknowledged"]
    assert shown["▲ 5.4 mmol/L"] == "Dr. Two, 11 Jun 2025, 08:00: Diet discussed"
    assert shown["● 4.6 mmol/L"] == "before it was changed: Dr. Two, 10 Jan 2025, 09:00"
    assert shown["▲▲ 6.4 mmol/L"] == ""


def in_record(hospital: Settings, analyte: str, patient_key: int, read: str) -> None:
    """Let another doctor have acknowledged a result of the tests, as it read then."""
    with connect(hospital, Role.OWNER, database=RECORD) as record:
        record.execute("grant insert on laboratory.acknowledgements to ehr_owner")
        record.execute("select set_config('ehr.user_id', 'other', true)")
        record.execute(
            "create policy of_test on laboratory.acknowledgements "
            "for insert to ehr_owner with check (true)"
        )
        record.execute(
            "insert into laboratory.acknowledgements (patient_key, lab_result_key, "
            "reading_hash, user_id, person_name, role_code) "
            "values (%s, %s, md5(%s), 'other', 'Dr. Other', 'doctor')",
            (patient_key, f"hospital:{analyte}", read),
        )
        record.execute("drop policy of_test on laboratory.acknowledgements")


def test_what_somebody_acknowledged_otherwise_since_brings_the_row_back(
    analyte: str, app: AppTest, hospital: Settings
) -> None:
    acknowledge(app.run(), analyte)
    in_record(hospital, analyte, 3, "corrected")

    assert f"3_{analyte}" in rows_shown(app.run())
    acknowledge(app, analyte)
    assert f"3_{analyte}" not in rows_shown(app)


def test_what_was_acknowledged_of_another_patient_hides_nothing(
    analyte: str, app: AppTest, hospital: Settings
) -> None:
    in_record(hospital, analyte, 1, f"hospital:{analyte}")
    in_warehouse(
        hospital,
        "insert into marts.fct_abnormal_findings (lab_result_key, reading_hash, "
        "patient_key, analyte_code, is_on_worklist) "
        "select lab_result_key, reading_hash, 1, analyte_code, false "
        "from marts.fct_abnormal_findings where analyte_code = %s",
        analyte,
    )

    assert f"3_{analyte}" in rows_shown(app.run())
    acknowledge(app, analyte)
    assert f"3_{analyte}" not in rows_shown(app)


def test_what_the_marts_know_and_hold_open_is_not_being_processed(
    analyte: str, app: AppTest, hospital: Settings
) -> None:
    acknowledge(app.run(), analyte)
    in_warehouse(
        hospital,
        "insert into marts.fct_acknowledgements (patient_key, lab_result_key, "
        "is_current_reading, acknowledged_at) "
        "values (3, %s, false, now() + interval '1 minute')",
        f"hospital:{analyte}",
    )
    shown = rows_shown(app.run())
    in_warehouse(
        hospital,
        "delete from marts.fct_acknowledgements where lab_result_key = %s",
        f"hospital:{analyte}",
    )

    assert f"3_{analyte}" in shown
