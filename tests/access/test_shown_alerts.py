"""Alerts that interrupted: shown once, overridden or not, and counted without names."""

import logging
from collections.abc import Sequence

import psycopg
import pytest

from pipelines.access import shown_alerts
from pipelines.access.people import Person, create_person
from pipelines.access.shown_alerts import keep_overridden_alerts, keep_shown_alerts
from pipelines.database.connections import connect
from pipelines.database.roles import Role
from pipelines.settings import Settings
from tests.access.conftest import PASSWORD, PEOPLE

DOCTOR = PEOPLE[0]
OTHER_DOCTOR = Person("other.doctor", "Other doctor", "doctor")
OWN = 1
CODE = "interaction:a+b"
ALERTS = {CODE: "contraindicated"}
ROWS = """
    select user_id, patient_key, alert_code, severity_code, override_reason_code
    from access.shown_alert order by shown_at, alert_code
"""
COUNTS = """
    select alert_code, shown_count, overridden_count, prescribers_count,
        patients_count, override_reason_code, reason_count
    from access.shown_alert_counts()
    order by shown_count desc, reason_count desc
"""


@pytest.fixture(autouse=True)
def nothing_shown(owner: psycopg.Connection) -> None:
    """Forget what was shown in the tests before."""
    owner.execute("delete from access.shown_alert")
    owner.commit()


@pytest.fixture(scope="module", autouse=True)
def other_doctor(hospital: Settings) -> None:
    """Let another doctor in."""
    with connect(hospital, Role.OWNER) as owner:
        create_person(owner, OTHER_DOCTOR, PASSWORD)


def rows(owner: psycopg.Connection) -> list[tuple[object, ...]]:
    """Return what was kept."""
    found = owner.execute(ROWS).fetchall()
    owner.rollback()
    return found


def counts(hospital: Settings, user_id: str = "quality") -> list[tuple[object, ...]]:
    """Return what quality staff are told."""
    with connect(hospital, Role.QUALITY) as connection:
        connection.execute("select set_config('ehr.user_id', %s, true)", (user_id,))
        return connection.execute(COUNTS).fetchall()


def show(
    hospital: Settings, patients: Sequence[int], code: str, person: Person = DOCTOR
) -> None:
    """Show an alert to a person at each of some patients."""
    for patient in patients:
        keep_shown_alerts(hospital, person, patient, {code: "contraindicated"})


def grow_older(owner: psycopg.Connection, interval: str) -> None:
    """Let time pass since what was shown."""
    owner.execute(
        "update access.shown_alert set shown_at = shown_at - %s::interval, "
        "overridden_at = overridden_at - %s::interval",
        (interval, interval),
    )
    owner.commit()


def test_what_was_shown_is_kept_once_for_a_shift(
    hospital: Settings, owner: psycopg.Connection
) -> None:
    for _ in range(2):
        assert keep_shown_alerts(hospital, DOCTOR, OWN, ALERTS)
    first = rows(owner)
    grow_older(owner, "11 hours 59 minutes")
    keep_shown_alerts(hospital, DOCTOR, OWN, ALERTS)
    within = rows(owner)
    grow_older(owner, "1 minute")
    keep_shown_alerts(hospital, DOCTOR, OWN, ALERTS)

    assert first == [("doctor", OWN, CODE, "contraindicated", None)]
    assert within == first
    assert rows(owner) == first * 2


def test_the_last_showing_is_overridden_and_no_other(
    hospital: Settings, owner: psycopg.Connection
) -> None:
    keep_shown_alerts(hospital, DOCTOR, OWN, ALERTS)
    grow_older(owner, "1 day")
    keep_shown_alerts(hospital, DOCTOR, OWN, {**ALERTS, "qt:a+b": "contraindicated"})
    keep_shown_alerts(hospital, OTHER_DOCTOR, OWN, ALERTS)
    keep_shown_alerts(hospital, DOCTOR, 3, ALERTS)

    assert keep_overridden_alerts(hospital, DOCTOR, OWN, ALERTS, "monitored")

    assert [row[-1] for row in rows(owner)] == [None, "monitored", None, None, None]


def test_an_override_whose_showing_was_not_kept_counts_as_shown(
    hospital: Settings, owner: psycopg.Connection
) -> None:
    keep_overridden_alerts(hospital, DOCTOR, OWN, ALERTS, "benefit")
    keep_shown_alerts(hospital, DOCTOR, OWN, ALERTS)

    assert [row[-1] for row in rows(owner)] == ["benefit", None]


@pytest.mark.parametrize(
    ("alerts", "reason"),
    [
        ({"free text of somebody": "contraindicated"}, "benefit"),
        ({"qt:a+b": "grave"}, "benefit"),
        (ALERTS, "Because I say so"),
    ],
    ids=["no code", "no grade", "no code of a reason"],
)
def test_free_text_is_not_kept(
    hospital: Settings,
    owner: psycopg.Connection,
    alerts: dict[str, str],
    reason: str,
) -> None:
    assert not keep_overridden_alerts(hospital, DOCTOR, OWN, alerts, reason)
    assert rows(owner) == []


def test_of_a_patient_who_may_not_be_seen_nothing_is_kept(
    hospital: Settings, owner: psycopg.Connection
) -> None:
    owner.execute(
        "insert into access.restriction (patient_key, label_code, reason, set_by) "
        "values (99, 'vip', 'asked for', 'doctor')"
    )
    owner.commit()
    try:
        keep_overridden_alerts(hospital, DOCTOR, 99, ALERTS, "benefit")
    finally:
        owner.execute("delete from access.restriction where patient_key = 99")
        owner.commit()

    assert rows(owner) == []


def test_who_is_nobody_keeps_and_counts_nothing(
    hospital: Settings, owner: psycopg.Connection
) -> None:
    show(hospital, range(100, 111), CODE)
    with connect(hospital, Role.DOCTOR) as connection:
        connection.execute("select set_config('ehr.user_id', 'nobody', true)")
        connection.execute(
            "select access.keep_overridden_alerts(1, '{qt:a+b}', '{major}', 'benefit')"
        )

    assert len(rows(owner)) == 11
    assert counts(hospital, "nobody") == []


def test_a_rule_of_ten_patients_is_counted_without_its_name(
    hospital: Settings,
) -> None:
    show(hospital, range(100, 111), CODE)
    show(hospital, range(100, 102), CODE, OTHER_DOCTOR)
    show(hospital, range(100, 110), "interaction:c+d")
    keep_overridden_alerts(hospital, DOCTOR, 100, ALERTS, "monitored")
    keep_overridden_alerts(hospital, DOCTOR, 101, ALERTS, "monitored")
    keep_overridden_alerts(hospital, OTHER_DOCTOR, 100, ALERTS, "benefit")

    assert counts(hospital) == [
        (CODE, 13, 3, 2, 11, "monitored", 2),
        (CODE, 13, 3, 2, 11, "benefit", 1),
        (None, 10, 0, 1, 10, None, None),
    ]


def test_merged_patients_are_one(hospital: Settings, owner: psycopg.Connection) -> None:
    show(hospital, range(100, 111), CODE)
    owner.execute("insert into raw.merged_patients values (100, 101)")
    owner.commit()
    try:
        merged = counts(hospital)
    finally:
        owner.execute("delete from raw.merged_patients where patient_key = 100")
        owner.commit()

    assert merged == [(None, 11, 0, 1, 10, None, None)]


def test_what_was_shown_more_than_a_year_ago_is_not_counted(
    hospital: Settings, owner: psycopg.Connection
) -> None:
    show(hospital, range(100, 111), CODE)
    grow_older(owner, "1 year 1 minute")

    assert counts(hospital) == []


@pytest.mark.parametrize(
    ("role", "call"),
    [
        (role, call)
        for call, allowed in (
            ("keep_shown_alerts(1, '{qt:a+b}', '{major}')", Role.DOCTOR),
            ("keep_overridden_alerts(1, '{qt:a+b}', '{major}', 'x')", Role.DOCTOR),
            ("shown_alert_counts()", Role.QUALITY),
        )
        for role in (Role.DOCTOR, Role.NURSE, Role.PATIENT, Role.QUALITY)
        if role != allowed
    ],
)
def test_other_roles_may_not_ask(hospital: Settings, role: Role, call: str) -> None:
    with (
        connect(hospital, role) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute(f"select * from access.{call}")  # noqa: S608 - of this test


def test_no_role_reads_the_table_itself(hospital: Settings) -> None:
    for role in (Role.DOCTOR, Role.QUALITY, Role.COMPLIANCE):
        with (
            connect(hospital, role) as connection,
            pytest.raises(psycopg.errors.InsufficientPrivilege),
        ):
            connection.execute("select * from access.shown_alert")


def test_what_fails_stops_nobody_and_tells_no_value(
    hospital: Settings,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(shown_alerts, "SHOWN", "select access.no_such(%s, %s, %s)")

    with caplog.at_level(logging.ERROR):
        assert not keep_shown_alerts(hospital, DOCTOR, 735191, ALERTS)

    assert "UndefinedFunction" in caplog.text
    assert "735191" not in caplog.text
    assert CODE not in caplog.text
