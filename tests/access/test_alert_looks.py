"""Looks at alerts: kept for the person who looked, of patients seen, through merges."""

import logging
from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from pipelines.access import alert_looks
from pipelines.access.alert_looks import alert_number, keep_alert_look, seen_alerts
from pipelines.database.connections import connect
from pipelines.database.roles import Role
from pipelines.settings import Settings
from tests.access.conftest import PEOPLE

DOCTOR, NURSE, OTHER_NURSE = PEOPLE[:3]
OWN, FOREIGN = 1, 2
SINCE = 1_767_225_600


@pytest.fixture(autouse=True)
def nothing_seen(owner: psycopg.Connection) -> None:
    """Forget the looks of the tests before."""
    owner.execute("delete from access.alert_look")
    owner.commit()


def test_what_stood_on_the_chart_is_seen_with_the_time(hospital: Settings) -> None:
    before = datetime.now(UTC)

    assert keep_alert_look(hospital, DOCTOR, OWN, {1, 2})
    assert keep_alert_look(hospital, DOCTOR, OWN, {2, 3})

    seen = seen_alerts(hospital, DOCTOR, OWN)
    assert set(seen) == {1, 2, 3}
    assert seen[1] < seen[2] == seen[3]
    assert seen[1] > before - timedelta(minutes=1)


def test_a_look_is_of_one_person_at_one_patient(hospital: Settings) -> None:
    keep_alert_look(hospital, DOCTOR, OWN, {1})

    assert seen_alerts(hospital, DOCTOR, FOREIGN) == {}
    assert seen_alerts(hospital, NURSE, OWN) == {}


def test_a_look_at_a_patient_who_may_not_be_seen_is_not_kept(
    hospital: Settings, owner: psycopg.Connection
) -> None:
    keep_alert_look(hospital, OTHER_NURSE, FOREIGN, {1})

    assert owner.execute("select count(*) from access.alert_look").fetchone() == (0,)


def test_what_was_seen_before_a_merge_has_been_seen(
    hospital: Settings, owner: psycopg.Connection
) -> None:
    keep_alert_look(hospital, DOCTOR, 11, {1})
    keep_alert_look(hospital, DOCTOR, 12, {2})
    owner.execute("insert into raw.merged_patients values (11, 12)")
    owner.commit()
    try:
        merged = set(seen_alerts(hospital, DOCTOR, 12))
    finally:
        owner.execute("delete from raw.merged_patients where patient_key = 11")
        owner.commit()

    assert merged == {1, 2}
    assert set(seen_alerts(hospital, DOCTOR, 12)) == {2}


def test_nobody_keeps_or_reads_a_look_without_being_somebody(
    hospital: Settings,
) -> None:
    keep_alert_look(hospital, DOCTOR, OWN, {1})
    with connect(hospital, Role.DOCTOR) as connection:
        connection.execute("select set_config('ehr.user_id', 'nobody', true)")
        asked = "select * from access.alert_looks(1)"
        assert connection.execute(asked).fetchall() == []
        connection.execute("select access.keep_alert_look(1, '{9}')")
    assert set(seen_alerts(hospital, DOCTOR, OWN)) == {1}


@pytest.mark.parametrize("role", [Role.LAB_TECHNICIAN, Role.PATIENT, Role.QUALITY])
@pytest.mark.parametrize("call", ["alert_looks(1)", "keep_alert_look(1, '{1}')"])
def test_other_roles_may_not_ask(hospital: Settings, role: Role, call: str) -> None:
    with (
        connect(hospital, role) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute(f"select * from access.{call}")  # noqa: S608 - of this test


def test_what_fails_stops_nobody_and_tells_no_value(
    hospital: Settings,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(alert_looks, "KEEP", "select access.no_such(%s, %s)")
    monkeypatch.setattr(alert_looks, "LOOKS", "select access.no_such(%s)")

    with caplog.at_level(logging.ERROR):
        assert not keep_alert_look(hospital, DOCTOR, 735191, {846202})
        assert seen_alerts(hospital, DOCTOR, 735191) == {}

    assert caplog.text.count("UndefinedFunction") == 2
    assert "735191" not in caplog.text
    assert "846202" not in caplog.text


def test_an_alert_has_its_own_number() -> None:
    about = ("interaction", "major", "a", "b", "")
    number = alert_number(about, SINCE)

    others = {
        alert_number(("interaction", "contraindicated", "a", "b", ""), SINCE),
        alert_number(("interaction", "major", "a", "", "b"), SINCE),
        alert_number(about, SINCE + 1),
    }
    assert alert_number(about, SINCE) == number
    assert len(others | {number}) == 4
    assert all(0 <= each < 2**63 for each in others)
