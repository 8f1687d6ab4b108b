"""Results acknowledged, changed, and acknowledged again, with a build after each."""

from dataclasses import dataclass

import psycopg

from pipelines.build_books import Scope
from pipelines.database.connections import connect
from pipelines.database.roles import Role
from pipelines.feeds.catalogue import FEEDS
from pipelines.settings import Settings
from tests.dbt.mart_state import state_of
from tests.dbt.raw_rows import example_of, insert_fact, touch
from tests.dbt.some_marts import build_some

SOURCES = """
    insert into raw.source values
        ('hospital', 'csv', false, null), ('operational', 'operational', false, null)
"""
WORKLIST = """
    select patient_key, novelty_code, urgency_rank, value_text, finding_flag
    from marts.fct_result_worklist
"""
READINGS = """
    select patient_key, lab_result_key, reading_hash from marts.fct_result_worklist
"""
NO_LONGER_READ = """
    select patient_key from marts.fct_acknowledgements where not is_current_reading
"""
MARTS = (
    "fct_acknowledgements",
    "fct_lab_results",
    "fct_abnormal_findings",
    "fct_result_worklist",
)
# Each patient's first result is a potassium of 6.9, unless it says otherwise.
SEEN, CORRECTED, WITHDRAWN, DELETED, MOVED_FROM, MOVED_TO, FINAL, STABLE, REPEATED = (
    range(1, 10)
)
SET_BACK, COMMENTED, TAKEN_BACK, UNSEEN, OF_ANOTHER = range(10, 15)
PATIENTS = range(1, 15)
NOT_ACKNOWLEDGED = {MOVED_TO, REPEATED, UNSEEN, OF_ANOTHER}


@dataclass
class Round:
    """Who stands on the worklist after each step, by patient."""

    settings: Settings
    at_first: dict[int, tuple]
    acknowledged: dict[int, tuple]
    changed: dict[int, tuple]
    no_longer_read: set[int]
    acknowledged_again: dict[int, tuple]
    set_back: dict[int, tuple]
    by_patients: dict[str, str]
    in_full: dict[str, str]


def play(settings: Settings) -> Round:
    """Acknowledge, change, acknowledge again; build by patients after each step."""
    with connect(settings, Role.OWNER) as connection:
        connection.execute(SOURCES)
        _deliver(connection)
    at_first = _built(settings)
    _acknowledge(settings, hour=1, but=NOT_ACKNOWLEDGED)
    _acknowledge(settings, hour=1, only={UNSEEN}, patient=OF_ANOTHER)
    acknowledged = _built(settings)
    with connect(settings, Role.OWNER) as connection:
        _change(connection)
    changed = _built(settings)
    with connect(settings, Role.BUILDER) as connection:
        no_longer_read = {key for (key,) in connection.execute(NO_LONGER_READ)}
    _acknowledge(settings, hour=3, but=NOT_ACKNOWLEDGED)
    acknowledged_again = _built(settings)
    with connect(settings, Role.OWNER) as connection:
        _insert_result(connection, SET_BACK, value_text="6.9", version_hour=4)
    set_back = _built(settings)
    by_patients = _content(settings)
    build_some(settings, Scope.FULL, MARTS)
    return Round(
        settings,
        at_first,
        acknowledged,
        changed,
        no_longer_read,
        acknowledged_again,
        set_back,
        by_patients,
        _content(settings),
    )


def _deliver(connection: psycopg.Connection) -> None:
    for patient in PATIENTS:
        person = example_of(FEEDS["patients"], patient)
        insert_fact(connection, "patients", person)
        if patient in {STABLE, REPEATED}:
            _insert_result(connection, patient, value_text="5.5")
        elif patient == FINAL:
            _insert_result(connection, patient, status_code="preliminary")
        elif patient != MOVED_TO:
            _insert_result(connection, patient)
    _insert_result(connection, REPEATED, "again", value_text="5.6", day=2)


def _change(connection: psycopg.Connection) -> None:
    changes = {
        CORRECTED: {"value_text": "4.1", "status_code": "corrected"},
        WITHDRAWN: {"status_code": "entered-in-error"},
        DELETED: {"is_closed": True},
        MOVED_TO: {"record_id": f"result-{MOVED_FROM}"},
        FINAL: {"status_code": "final"},
        SET_BACK: {"value_text": "6.5"},
        COMMENTED: {"comment_text": "called to the ward"},
    }
    for patient, columns in changes.items():
        _insert_result(connection, patient, version_hour=3, **columns)
    touch(connection, [MOVED_FROM])
    _insert_result(connection, STABLE, "again", value_text="5.6", day=2)
    _insert_acknowledgement(
        connection, TAKEN_BACK, f"hospital:result-{TAKEN_BACK}", "", 1, is_closed=True
    )


def _insert_result(
    connection: psycopg.Connection,
    patient: int,
    which: str = "result",
    *,
    day: int = 1,
    version_hour: int = 2,
    **columns: object,
) -> None:
    row = example_of(FEEDS["lab_results"], patient)
    row |= {
        "record_id": f"{which}-{patient}",
        "value_text": "6.9",
        "value_number": None,
        "collected_at": f"2026-02-0{day}T07:40:00Z",
        "version_at": f"2026-02-02T0{version_hour}:00:00Z",
    }
    insert_fact(connection, "lab_results", row | columns)
    touch(connection, [patient])


def _acknowledge(
    settings: Settings,
    *,
    hour: int,
    but: set[int] = frozenset(),
    only: set[int] = frozenset(PATIENTS),
    patient: int | None = None,
) -> None:
    """Acknowledge what stands on the worklist, as it reads there."""
    with connect(settings, Role.BUILDER) as connection:
        rows = connection.execute(READINGS).fetchall()
    with connect(settings, Role.OWNER) as connection:
        for of_patient, key, reading in rows:
            if of_patient in only and of_patient not in but:
                seen_by = patient or of_patient
                _insert_acknowledgement(connection, seen_by, key, reading, hour)


def _insert_acknowledgement(
    connection: psycopg.Connection,
    patient: int,
    key: str,
    reading: str,
    hour: int,
    **columns: object,
) -> None:
    row = {
        "source_system": "operational",
        "record_id": f"acknowledgement-{patient}-{hour}",
        "patient_key": patient,
        "lab_result_key": key,
        "reading_hash": reading,
        "user_id": "doctor",
        "person_name": "Dr. A. Lee",
        "role_code": "doctor",
        "acknowledged_at": f"2026-02-03T0{hour}:00:00Z",
        "version_at": f"2026-02-03T0{hour + bool(columns)}:00:00Z",
    }
    insert_fact(connection, "acknowledgements", row | columns)
    touch(connection, [patient])


def _built(settings: Settings) -> dict[int, tuple]:
    build_some(settings, Scope.USUAL, MARTS)
    with connect(settings, Role.BUILDER) as connection:
        return {row[0]: row[1:] for row in connection.execute(WORKLIST)}


def _content(settings: Settings) -> dict[str, str]:
    content = state_of(settings).content
    return {mart: content[mart] for mart in MARTS}
