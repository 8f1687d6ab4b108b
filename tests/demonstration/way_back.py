"""From the record to the marts: looking until it has come, and about whom."""

import csv
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import pytest

from pipelines.access.encryption import load_keyring
from pipelines.access.identity import TABLE, identities_of
from pipelines.access.people import Person, PersonRole, find_person
from pipelines.database.connections import connect
from pipelines.database.databases import RECORD
from pipelines.database.roles import Role
from pipelines.feeds.catalogue import FEEDS
from pipelines.settings import Settings
from tests.demonstration.beside import EVERY_SECONDS, MOST_SECONDS

# Such as somebody who was treated for a while; nobody whom a test has just registered.
TREATED = """
    select patient.patient_key
    from marts.dim_patients as patient
    where patient.deceased_at is null
        and exists (
            select from marts.fct_lab_results as result
            where result.patient_key = patient.patient_key
        )
        and exists (
            select from marts.fct_conditions as condition
            where condition.patient_key = patient.patient_key
        )
    order by patient.patient_key
"""
REGISTERED = """
    select patient_key from people.patients
    where changed_by_user_id = %s
    order by changed_at desc
    limit 1
"""
# As a technician: the number by which a file names the patient.
NUMBERS = """
    select patient_key, record_id, content_hash, patient_number
    from access.patient_numbers(%s::bigint[])
"""


class Somebody(NamedTuple):
    """A patient of the demonstration, as people and as files name them."""

    patient_key: int
    name: str
    record_number: str
    patient_number: str


def asked(settings: Settings, statement: str, *values: object) -> list[tuple]:
    """Return rows of the marts, as the builder, who sees all of them."""
    with connect(settings, Role.BUILDER) as connection:
        return connection.execute(statement, values).fetchall()


def person(settings: Settings, role: PersonRole) -> Person:
    """Return the persona of a role."""
    with connect(settings, Role.OWNER) as owner:
        return find_person(owner, role)


def newest_patient(settings: Settings, registrar: Person) -> int:
    """Return the key of the patient whom a registrar registered last."""
    with connect(settings, Role.EXTRACTOR, RECORD) as record:
        return record.execute(REGISTERED, (registrar.user_id,)).fetchone()[0]


def waited(look: Callable[[], list[tuple]]) -> list[tuple]:
    """Return what a look finds once it finds something."""
    deadline = time.monotonic() + MOST_SECONDS
    while time.monotonic() < deadline:
        if found := look():
            return found
        time.sleep(EVERY_SECONDS)
    pytest.fail(f"nothing came within {MOST_SECONDS} s")


def somebody(settings: Settings, position: int = 0) -> Somebody:
    """Return a living patient; another position, another patient.

    Never the patient of the demonstration, who decides what others may see.
    """
    own = person(settings, PersonRole.PATIENT).patient_key
    keys = [key for (key,) in asked(settings, TREATED) if key != own]
    return who_is(settings, keys[position])


def who_is(settings: Settings, patient_key: int) -> Somebody:
    """Return who a patient is."""
    keyring = load_keyring(settings.keys_folder)
    with connect(settings, PersonRole.LAB_TECHNICIAN.login) as technician:
        technician.execute(
            "select set_config('ehr.user_id', %s, true)", (PersonRole.LAB_TECHNICIAN,)
        )
        who = identities_of(technician, keyring, [patient_key])[patient_key]
        _, record_id, content_hash, sealed = technician.execute(
            NUMBERS, ([patient_key],)
        ).fetchone()
    place = f"{TABLE}|patient_number|{record_id}.{content_hash.hex}"
    number = keyring.decrypt(sealed, place)
    return Somebody(patient_key, who.full_name, who.record_number, number)


def potassium(patient_number: str, **other: object) -> dict[str, object]:
    """Return a potassium of an hour ago, as a line of a technician's file."""
    at = f"{datetime.now(UTC) - timedelta(hours=1):%Y-%m-%dT%H:%M:%SZ}"
    return dict.fromkeys(FEEDS["lab_results"].delivered_columns, "") | {
        "record_id": "UP-1",
        "source_patient_id": patient_number,
        "test_code": "2823-3",
        "code_system": "LOINC",
        "test_name": "Potassium",
        "specimen_name": "Serum",
        "value_text": "6.93",
        "value_number": "6.93",
        "unit": "mmol/L",
        "reference_low": "3.5",
        "reference_high": "5.0",
        "laboratory_flag": "HH",
        "status_code": "final",
        "collected_at": at,
        "resulted_at": at,
        "source_updated_at": at,
        **other,
    }


def written_file(path: Path, *rows: dict[str, object]) -> Path:
    """Write results as a technician's csv file."""
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path
