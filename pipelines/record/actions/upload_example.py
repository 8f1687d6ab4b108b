"""What an upload looks like: the template, its columns, and a sample to try."""

import csv
import io
import secrets
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from psycopg.rows import dict_row

from pipelines.access.encryption import load_keyring
from pipelines.access.identity import TABLE
from pipelines.access.people import Person
from pipelines.database.databases import WAREHOUSE
from pipelines.record.actions.failures import ActionError
from pipelines.record.actions.in_record import as_person
from pipelines.settings import Settings
from pipelines.sources.csv_feeds.template import ColumnDescription, describe, template
from pipelines.sources.naming import RECORD

FEED = "lab_results"
SAMPLE_PATIENTS = 4
# The latest numeric result of each patient: a correction of the first is in the sample.
RECENT = """
    with

    ranked as (
        select
            result.*,
            row_number() over (
                partition by result.patient_key
                order by result.collected_at desc, result.lab_result_key
            ) as position
        from marts.fct_lab_results as result
        where result.source_system = %s and result.value_number is not null
            and result.reference_low is not null
            and result.reference_high is not null
            and result.comparator is null
            and result.resulted_at < now() - interval '1 day'
    )

    select
        ranked.patient_key,
        split_part(ranked.lab_result_key, ':', 2) as record_id,
        split_part(ranked.encounter_key, ':', 2) as encounter_id,
        ranked.order_id,
        ranked.specimen_id,
        ranked.test_code,
        ranked.code_system,
        ranked.test_name,
        ranked.specimen_name,
        ranked.value_text,
        ranked.value_number,
        ranked.unit,
        ranked.reference_low,
        ranked.reference_high,
        ranked.priority_code,
        split_part(ranked.practitioner_key, ':', 2) as practitioner_id,
        ranked.collected_at,
        ranked.resulted_at
    from ranked
    where ranked.position = 1
    order by ranked.collected_at desc, ranked.patient_key
    limit %s
"""
COLUMNS = (
    "record_id", "source_patient_id", "encounter_id", "order_id", "specimen_id",
    "test_code", "code_system", "test_name", "specimen_name", "value_text",
    "value_number", "unit", "reference_low", "reference_high", "laboratory_flag",
    "status_code", "priority_code", "practitioner_id", "collected_at", "resulted_at",
    "source_updated_at",
)  # fmt: skip
IDS = """
    select patient_key, record_id, content_hash, source_patient_id
    from access.identity_of(%s::bigint[])
"""
NUMBERS = """
    select patient_key, record_id, content_hash, patient_number
    from access.patient_numbers(%s::bigint[])
"""
Line = dict[str, object]


def upload_template() -> str:
    """Return an example file of laboratory results."""
    return template(FEED)


def upload_columns() -> list[ColumnDescription]:
    """Return what each column of such a file is."""
    return describe(FEED)


def upload_sample(settings: Settings, person: Person, source_system: str) -> bytes:
    """Return a file about patients of the demonstration with every kind of verdict.

    Raises:
        ActionError: this is no demonstration, or no results are here yet.
    """
    if not settings.is_open_for_demonstration:
        msg = "a sample is made in a demonstration only"
        raise ActionError(msg)
    recent = _recent(settings, person, source_system)
    if len(recent) < SAMPLE_PATIENTS:
        msg = "no results are here yet to make a sample of"
        raise ActionError(msg)
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    now = datetime.now(UTC).replace(microsecond=0)
    for line in _lines(recent, now):
        writer.writerow(line | {"source_updated_at": _spelled(now)})
    return text.getvalue().encode()


def _lines(recent: list[Line], now: datetime) -> Iterator[Line]:
    """Yield a line for each verdict that a technician often meets."""
    first, second, third, fourth = recent
    batch = secrets.token_hex(3).upper()
    drawn = {"collected_at": now - timedelta(hours=1), "resulted_at": now}

    def added(which: Line, rank: int, **other: object) -> Line:
        return which | drawn | {"record_id": f"UP-{batch}-{rank}"} | other

    def high(which: Line) -> Line:
        number = 2 * which["reference_high"]
        return {"value_text": number, "value_number": number}

    lines = [
        added(first, 1, **high(first)),
        added(second, 2),
        second | high(second) | {"status_code": "corrected"},
        added(third, 3, source_patient_id=f"NOT-HERE-{batch}"),
        added(third, 4, test_code=""),
        added(fourth, 5, collected_at=now + timedelta(days=40)),
        added(fourth, 6, value_number="4,1"),
        added(second, 2),
    ]
    for line in lines:
        yield {name: _spelled(value) for name, value in line.items()}


def _spelled(value: object) -> object:
    if isinstance(value, datetime):
        return f"{value.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
    return value


def _recent(settings: Settings, person: Person, source_system: str) -> list[Line]:
    """Return recent results; whose they are is shown only once that is audited."""
    keyring = load_keyring(settings.keys_folder)
    with as_person(settings, person, WAREHOUSE) as connection:
        cursor = connection.cursor(row_factory=dict_row)
        found = cursor.execute(RECENT, (source_system, SAMPLE_PATIENTS)).fetchall()
        keys = [row["patient_key"] for row in found]
        if source_system == RECORD:
            column, stored = "patient_number", connection.execute(NUMBERS, (keys,))
        else:
            column, stored = "source_patient_id", connection.execute(IDS, (keys,))
        numbers = {
            key: keyring.decrypt(
                sealed, f"{TABLE}|{column}|{record_id}.{content_hash.hex}"
            )
            for key, record_id, content_hash, sealed in stored
        }
    return [
        {name: value for name, value in row.items() if name != "patient_key"}
        | {"source_patient_id": numbers[row["patient_key"]], "status_code": "final"}
        for row in found
        if row["patient_key"] in numbers
    ]
