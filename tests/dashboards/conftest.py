"""A small hospital: three patients, a doctor, a nurse who has one of them."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID, uuid4

import psycopg
import pytest

from pipelines.access.assignments import assign_patient
from pipelines.access.encryption import Keyring, load_keyring, search_terms
from pipelines.access.people import Person, create_person
from pipelines.access.ties import terms_of_patient
from pipelines.database.connections import connect
from pipelines.database.roles import Role
from pipelines.settings import Settings
from tests.conftest import running_installation

PASSWORD = "correct horse battery staple"  # noqa: S105 - of people in tests
MARTS = Path(__file__).with_name("marts.sql")
PEOPLE = (
    Person("doctor", "Dr. One", "doctor", "hospital", "D1"),
    Person("nurse", "Nurse One", "nurse", "hospital", "N1"),
    Person("quality", "Quality", "quality"),
    Person("researcher", "Researcher", "researcher"),
    Person("engineer", "Engineer", "engineer"),
)
# key: given name, family name, record number, birth date
NAMES = {
    1: ("Ada", "Meyer", "000451-7", "1956-08-03"),
    2: ("Bruno", "Anders", "000452-5", "1940-01-31"),
    3: ("Chloé", "Meier-Lang", "000453-3", None),
}
CONTENT = UUID(int=7)
FINDINGS = """
    insert into marts.fct_abnormal_findings
    values (%(key)s, md5(%(key)s), 3, %(analyte)s, '1.4', null, 1.4, 'mmol/L',
        'CRITICAL_LOW', %(at)s, null, true)
"""
ROW = """
    insert into marts.fct_result_worklist (
        patient_key, analyte_code, test_name, urgency_rank, novelty_code,
        lab_result_key, value_text, number_or_bound, unit, finding_flag, collected_at,
        is_deceased, source_system
    )
    values (3, %(analyte)s, 'Test', 1, 'critical', %(key)s, '1.4', 1.4, 'mmol/L',
        'CRITICAL_LOW', %(at)s, false, 'hospital')
"""
FORGET = (
    "delete from marts.fct_abnormal_findings where analyte_code = %(analyte)s",
    "delete from marts.fct_result_worklist where analyte_code = %(analyte)s",
)


@pytest.fixture(scope="package")
def hospital(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """Yield an installation with marts made by hand."""
    for settings in running_installation(tmp_path_factory.mktemp("pages")):
        furnish(settings)
        yield settings


@pytest.fixture
def analyte(hospital: Settings) -> Iterator[str]:
    """Yield a row of the worklist that is this test's own; its result has its name."""
    name = f"own-{uuid4().hex[:8]}"
    values = {
        "analyte": name,
        "key": f"hospital:{name}",
        "at": datetime(2026, 6, 20, tzinfo=UTC),
    }
    with connect(hospital, Role.OWNER) as connection:
        connection.execute(FINDINGS, values)
        connection.execute(ROW, values)
    yield name
    with connect(hospital, Role.OWNER) as connection:
        for statement in FORGET:
            connection.execute(statement, values)


def furnish(settings: Settings) -> None:
    """Make marts, people and patients in an empty installation."""
    keyring = load_keyring(settings.keys_folder)
    with connect(settings, Role.OWNER) as connection:
        connection.execute(MARTS.read_text())
        for person in PEOPLE:
            create_person(connection, person, PASSWORD)
        assign_patient(connection, "nurse", 1, "covers the ward")
        for patient_key in NAMES:
            name_patient(connection, keyring, patient_key)


def name_patient(
    connection: psycopg.Connection, keyring: Keyring, patient_key: int
) -> None:
    """Write a patient's identity and search tokens as the loader does."""
    given, family, number, birth_date = NAMES[patient_key]
    record_id = f"{patient_key:016x}"

    def sealed(column: str, value: str) -> str:
        place = f"identity.patients|{column}|{record_id}.{CONTENT.hex}"
        return keyring.encrypt(value, place)

    connection.execute(
        """
        insert into identity.patients (
            source_system, record_id, patient_key, given_name, family_name,
            medical_record_number, is_closed, version_at, known_from,
            adapter_revision, delivery_id, file_id, line_number, content_hash
        )
        values ('hospital', %s, %s, %s, %s, %s, false, now(), now(), 1, 1, 1, 1, %s)
        """,
        (
            record_id,
            patient_key,
            sealed("given_name", given),
            sealed("family_name", family),
            sealed("medical_record_number", number),
            CONTENT,
        ),
    )
    names = {"given_name": given, "family_name": family}
    sought = search_terms([given, family], [number], birth_date)
    for kind, term in (*sought, *terms_of_patient(names)):
        connection.execute(
            "insert into identity.search_token values (%s, %s, %s)",
            (patient_key, kind, keyring.search_token(kind, term)),
        )
