"""A live ward: one patient's facts around one stay, each a trap for the features.

The stay is from 10 to 16 March 2026, 12:00. What is known only later must not count.
"""

from typing import Any

import psycopg

from tests.dbt.raw_rows import insert_fact, touch

WARD = "ward"
PATIENT = 501
STAY = "ward:stay"
ADMITTED, DISCHARGED = "2026-03-10T12:00:00Z", "2026-03-16T12:00:00Z"
JUST_AFTER = "2026-03-16T12:00:01Z"
RECEIPT = "2026-04-20T00:00:00Z"  # of all that does not state its time: after discharge


def insert_ward(connection: psycopg.Connection) -> None:
    """Insert every fact of the ward, and touch its patient."""
    connection.execute(
        "insert into raw.source (source_system, adapter, is_historical, last_event_at) "
        "values (%s, 'csv', false, %s)",
        (WARD, RECEIPT),
    )
    _insert(
        connection,
        "patients",
        {"record_id": "patient", "sex_code": "F", "birth_date": "1956-03-17"},
    )
    for insert in (_visits, _results, _conditions, _medicines):
        insert(connection)
    touch(connection, (PATIENT,))


def _insert(connection: psycopg.Connection, feed: str, row: dict[str, Any]) -> None:
    """Insert a version; without a stated time it was received after discharge."""
    unstated = {"version_at": RECEIPT, "known_from": RECEIPT}
    own = {"source_system": WARD, "patient_key": PATIENT}
    insert_fact(connection, feed, unstated | own | row)


def _visits(connection: psycopg.Connection) -> None:
    def visit(record_id: str, kind: str, begin: str, end: str, **more: str) -> None:
        row = {
            "record_id": record_id,
            "encounter_class_code": kind,
            "started_at": begin,
            "ended_at": end,
            **more,
        }
        _insert(connection, "encounters", row)

    visit(
        "stay",
        "inpatient",
        ADMITTED,
        DISCHARGED,
        admission_type_name="emergency",
        discharge_disposition_name="home",
    )
    # Exactly a year before admission counts; a second more does not.
    visit("year", "inpatient", "2025-03-05T12:00:00Z", "2025-03-10T12:00:00Z")
    visit("too_old", "inpatient", "2025-02-05T12:00:00Z", "2025-02-10T11:59:59Z")
    # Written down at its time, but entered only after this discharge.
    visit(
        "entered_late",
        "inpatient",
        "2025-08-01T12:00:00Z",
        "2025-08-03T12:00:00Z",
        version_at=JUST_AFTER,
    )
    # Known in time as an inpatient stay; the correction to observation came later.
    visit(
        "corrected_late",
        "inpatient",
        "2025-11-01T12:00:00Z",
        "2025-11-03T12:00:00Z",
        version_at="2025-11-03T12:00:00Z",
    )
    visit(
        "corrected_late",
        "observation",
        "2025-11-01T12:00:00Z",
        "2025-11-03T12:00:00Z",
        version_at=JUST_AFTER,
    )
    # The visit that led to the stay does not count; one that ended a day before does.
    visit("leading", "emergency", "2026-03-09T13:00:00Z", "2026-03-09T12:00:01Z")
    visit("earlier", "emergency", "2026-03-08T12:00:00Z", "2026-03-09T12:00:00Z")
    visit("next", "inpatient", "2026-04-01T12:00:00Z", "2026-04-09T12:00:00Z")


def _results(connection: psycopg.Connection) -> None:
    def result(record_id: str, code: str, value: str, unit: str, **more: str) -> None:
        row = {
            "record_id": record_id,
            "test_code": code,
            "code_system": "LOINC",
            "value_text": value,
            "unit": unit,
            "status_code": "final",
            "collected_at": "2026-03-16T06:00:00Z",
            "resulted_at": "2026-03-16T08:00:00Z",
            **more,
        }
        _insert(connection, "lab_results", row)

    # 91 g/L at discharge; corrected to 12.0 g/dL a second later.
    result("hb", "718-7", "91", "g/L", version_at="2026-03-16T08:00:00Z")
    result("hb", "718-7", "12.0", "g/dL", version_at=JUST_AFTER)
    # Collected later than any, released a second after discharge.
    result(
        "sodium_late",
        "2951-2",
        "120",
        "mmol/L",
        collected_at="2026-03-16T11:00:00Z",
        resulted_at=JUST_AFTER,
    )
    result(
        "sodium",
        "2951-2",
        "133",
        "mmol/L",
        collected_at="2026-03-16T10:00:00Z",
        resulted_at=DISCHARGED,
        reference_low="135",
        reference_high="145",
    )
    result("potassium_bound", "2823-3", "<2.0", "mmol/L")
    result("creatinine_unit", "2160-0", "1.1", "g/L")
    result("creatinine_impossible", "2160-0", "77", "mg/dL")
    result("creatinine_early", "2160-0", "1.4", "mg/dL", status_code="preliminary")


def _conditions(connection: psycopg.Connection) -> None:
    def condition(record_id: str, code: str, recorded_at: str | None) -> None:
        row = {
            "record_id": record_id,
            "condition_code": code,
            "code_system": "ICD-10-CM",
            "category_code": "problem",
            "started_at": "2025-01-01T00:00:00Z",
            "recorded_at": recorded_at,
        }
        _insert(connection, "conditions", row)

    condition("heart_failure", "I50.9", DISCHARGED)
    condition("diabetes", "E11.9", "2025-01-01T00:00:00Z")
    condition("diabetes_with_kidney", "E11.22", "2025-01-01T00:00:00Z")  # replaces it
    condition("metastasis_coded_later", "C78.0", JUST_AFTER)
    condition("dementia_without_time", "F03", None)


def _medicines(connection: psycopg.Connection) -> None:
    def order(record_id: str, drug: str, begin: str, end: str | None = None) -> None:
        row = {
            "record_id": record_id,
            "drug_code": drug,
            "drug_name": drug,
            "started_at": begin,
            "ended_at": end,
        }
        _insert(connection, "prescriptions", row)

    order("twice_1", "metformin", "2026-01-01T00:00:00Z")
    order("twice_2", "metformin", DISCHARGED)
    order("ended", "ceftriaxone", "2026-03-10T12:00:00Z", DISCHARGED)
    order("going_on", "furosemide", "2026-03-10T12:00:00Z", JUST_AFTER)
    order("too_old", "ramipril", "2025-03-16T11:59:59Z")
    order("later", "digoxin", JUST_AFTER)

    def dispense(record_id: str, drug: str, at: str, days: int) -> None:
        row = {
            "record_id": record_id,
            "drug_code": drug,
            "drug_name": drug,
            "days_supply": days,
            "dispensed_at": at,
        }
        _insert(connection, "dispenses", row)

    # 60 of 100 days, of the one medicine dispensed twice before admission.
    dispense("first", "metformin", "2025-11-30T12:00:00Z", 30)
    dispense("second", "metformin", "2026-01-15T12:00:00Z", 30)
    dispense("once", "furosemide", "2026-01-01T12:00:00Z", 30)
    dispense("after_admission", "metformin", "2026-03-11T12:00:00Z", 30)
