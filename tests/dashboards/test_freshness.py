"""Every page that shows data of the warehouse says how fresh it is."""

from datetime import datetime, timedelta
from pathlib import Path

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from dashboards.navigation import PAGES_OF
from dashboards.own_record.freshness import (
    MAY_MISS,
    NOTHING,
    NOTHING_SINCE,
    freshness_words,
)
from dashboards.place import PATIENT
from pipelines.access.people import PersonRole
from pipelines.database.connections import connect
from pipelines.database.roles import Role
from pipelines.settings import Settings
from tests.dashboards.entering import PATIENCE, enter_as

APP = Path(__file__).parents[2] / "dashboards" / "app.py"
# They show people, rules and the audit trail, as they are at this moment.
WITHOUT_DATA = {
    PersonRole.COMPLIANCE: {path for path, _ in PAGES_OF[PersonRole.COMPLIANCE]},
    PersonRole.SUPPORT: {path for path, _ in PAGES_OF[PersonRole.SUPPORT]},
}
TOLD = ("Last deliver", "Your record was last updated")
ANYBODY = "select patient_key from marts.dim_patients order by patient_key limit 1"
BILLED = "select patient_key from marts.fct_claims order by patient_key limit 1"
INCIDENT = """
    insert into quality.incident_measure (
        source_system, check_id, measured_in, run_number, measured_at, subject,
        life_code, applicable_count, broken_count
    )
    values ('hospital', %s, 'build', 0, now(), %s, 'new', 100, 1)
"""
# The hospital has incidents of its own, which are out of the way for a moment.
INCIDENTS_ASIDE = """
    update quality.incident_measure set source_system = 'aside ' || source_system
"""
INCIDENTS_BACK = """
    update quality.incident_measure
    set source_system = substr(source_system, length('aside ') + 1)
"""
NOW = datetime(2026, 3, 10, 15, 0)  # noqa: DTZ001 - as pages tell times


def patient_for(settings: Settings, role: PersonRole) -> int:
    """Return a patient whom the persona of a role may open."""
    login = Role(f"ehr_{role.value}")
    with connect(settings, login) as connection:
        connection.execute("select set_config('ehr.user_id', %s, true)", (role.value,))
        sought = BILLED if role is PersonRole.BILLING else ANYBODY
        return connection.execute(sought).fetchone()[0]


@pytest.mark.parametrize(
    "role", [role for role in PAGES_OF if role not in WITHOUT_DATA]
)
def test_every_page_of_a_role_says_how_fresh_its_data_is(
    simulated_hospital: Settings, monkeypatch: pytest.MonkeyPatch, role: PersonRole
) -> None:
    monkeypatch.setenv("EHR_HOME", str(simulated_hospital.root))
    monkeypatch.setenv("EHR_MODE", "test")
    app = AppTest.from_file(str(APP), default_timeout=PATIENCE)
    enter_as(app, role.value)
    if role not in {PersonRole.QUALITY, PersonRole.PATIENT, PersonRole.LAB_TECHNICIAN}:
        app.session_state[PATIENT] = patient_for(simulated_hospital, role)
    silent = {}
    for path, _ in PAGES_OF[role]:
        app.switch_page(path).run()
        captions = [each.value for each in app.caption]
        if not any(words in each for each in captions for words in TOLD):
            silent[path] = [*captions, *(each.value for each in app.exception)]

    assert silent == {}


def told(landed: datetime | None, **more: object) -> str:
    """Return how fresh a record is said to be."""
    row = {"last_landed_at": landed, "is_historical": False, "as_of": None} | more
    frame = pd.DataFrame([row])
    frame["last_landed_at"] = pd.to_datetime(frame["last_landed_at"])
    return freshness_words(frame, NOW)


@pytest.mark.parametrize(
    ("landed", "words"),
    [
        (datetime(2026, 3, 10, 14, 5), "today at 14:05"),  # noqa: DTZ001
        (datetime(2026, 3, 9, 23, 59), "yesterday at 23:59"),  # noqa: DTZ001
        (datetime(2026, 3, 8, 0, 0), "on 8 March 2026"),  # noqa: DTZ001
    ],
)
def test_patients_read_when_their_record_was_updated(
    landed: datetime, words: str
) -> None:
    assert told(landed) == f"Your record was last updated {words}. {MAY_MISS}"


def test_patients_read_that_nothing_has_come_for_long() -> None:
    week = timedelta(days=7)

    assert told(NOW - week).endswith(MAY_MISS)
    assert told(NOW - week - timedelta(seconds=1)).endswith(NOTHING_SINCE)


def test_patients_read_that_their_record_is_an_old_one() -> None:
    seen = datetime(2019, 5, 4, 12, 0)  # noqa: DTZ001
    words = told(NOW, is_historical=True, as_of=seen)

    assert words.endswith("It is an old record, seen as of 4 May 2019.")
    assert MAY_MISS not in words


def test_patients_without_a_record_read_that_nothing_has_come() -> None:
    assert told(None) == NOTHING


def test_a_held_delivery_makes_nothing_fresh(
    simulated_hospital: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EHR_HOME", str(simulated_hospital.root))
    monkeypatch.setenv("EHR_MODE", "test")
    with connect(simulated_hospital, Role.OWNER, autocommit=True) as owner:
        (held,) = owner.execute(
            "insert into raw.delivery (source_system, adapter, adapter_revision, "
            "status, received_at, landed_at) values ('hospital', 'csv', 1, 'held', "
            "'2099-01-01', '2099-01-01') returning delivery_id"
        ).fetchone()
        app = AppTest.from_file(str(APP), default_timeout=PATIENCE)
        captions = [each.value for each in enter_as(app, "nurse").caption]
        owner.execute("delete from raw.delivery where delivery_id = %s", (held,))

    assert any("Last deliver" in each for each in captions)
    assert not any("2099" in each for each in captions)


@pytest.mark.parametrize(
    ("page", "feed", "is_told"),
    [
        ("results", "lab_results", True),
        ("results", "prescriptions", False),
        ("medicines", "dispenses", True),
        ("medicines", "lab_results", False),
    ],
)
def test_a_clinician_is_told_of_incidents_about_the_data_shown_alone(
    simulated_hospital: Settings,
    monkeypatch: pytest.MonkeyPatch,
    page: str,
    feed: str,
    *,
    is_told: bool,
) -> None:
    monkeypatch.setenv("EHR_HOME", str(simulated_hospital.root))
    monkeypatch.setenv("EHR_MODE", "test")
    app = AppTest.from_file(str(APP), default_timeout=PATIENCE)
    enter_as(app, "doctor")
    app.session_state[PATIENT] = patient_for(simulated_hospital, PersonRole.DOCTOR)
    with connect(simulated_hospital, Role.OWNER, autocommit=True) as owner:
        kept = owner.execute("select count(*) from quality.incident_measure").fetchone()
        owner.execute(INCIDENTS_ASIDE)
        owner.execute(INCIDENT, (f"{feed}:rule", feed))
        app.switch_page(f"views/doctor/{page}.py").run()
        owner.execute("delete from quality.incident_measure where run_number = 0")
        owner.execute(INCIDENTS_BACK)
        assert (
            owner.execute("select count(*) from quality.incident_measure").fetchone()
            == kept
        )
    told = [each.value for each in app.caption if "Data quality:" in each.value]

    words = f"1 open incident about the {feed.replace('_', ' ')} of hospital"
    assert any(words in each for each in told) == is_told
    assert len(told) == is_told
