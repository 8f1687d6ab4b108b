"""A ward with a record: a doctor who treats, one who does not, nurses, a patient."""

from collections.abc import Iterator
from decimal import Decimal

import pytest

from pipelines.access.assignments import assign_patient
from pipelines.access.people import Person, create_person
from pipelines.database.connections import connect
from pipelines.database.databases import RECORD
from pipelines.database.roles import Role
from pipelines.record.actions.dosage import Dosage
from pipelines.record.actions.entry import Change, Entry
from pipelines.record.actions.prescribing import Medicine, prescribe
from pipelines.record.actions.reading_entries import entries
from pipelines.record.actions.saving import save
from pipelines.record.tables import recorded_feeds, table_of
from pipelines.settings import Settings
from tests.actions.desk import BILLING, REGISTRAR
from tests.clock import ago
from tests.conftest import running_installation

PASSWORD = "correct horse battery staple"  # noqa: S105 - of people in tests
DOCTOR = Person("doctor", "Dr. One", "doctor", "operational", "D1")
OTHER_DOCTOR = Person("other.doctor", "Dr. Two", "doctor", "operational", "D2")
NURSE = Person("nurse", "Nurse One", "nurse", "operational", "N1")
OTHER_NURSE = Person("other.nurse", "Nurse Two", "nurse", "operational", "N2")
PATIENT = Person("patient", "Patient", "patient", patient_key=1)
PEOPLE = (
    DOCTOR,
    OTHER_DOCTOR,
    NURSE,
    OTHER_NURSE,
    PATIENT,
    REGISTRAR,
    BILLING,
)
MINE, NOT_MINE = 1, 2  # of the nurses

METFORMIN = Medicine("metformin hydrochloride 500 MG Oral Tablet", "861007", "RxNorm")
TWICE = Dosage("500", "mg", "twice daily", Decimal(2), Decimal(60), 30, 3, "oral")


@pytest.fixture(scope="package")
def shared_ward(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """Yield an installation with people, and nothing in its record."""
    for settings in running_installation(tmp_path_factory.mktemp("actions")):
        with connect(settings, Role.OWNER) as owner:
            for person in PEOPLE:
                create_person(owner, person, PASSWORD)
            for nurse in (NURSE, OTHER_NURSE):
                assign_patient(owner, nurse.user_id, MINE, "covers the ward")
            for patient_key in (MINE, NOT_MINE):
                assign_patient(owner, DOCTOR.user_id, patient_key, "treats")
        yield settings


@pytest.fixture
def ward(shared_ward: Settings) -> Settings:
    """Return the ward as it is before anybody has written anything."""
    with connect(shared_ward, Role.OWNER, RECORD) as owner:
        for feed in recorded_feeds():
            table = table_of(feed).as_string(owner)
            owner.execute(f"alter table {table} disable trigger only_grows")
            owner.execute(f"truncate {table}")
            owner.execute(f"alter table {table} enable trigger only_grows")
    return shared_ward


@pytest.fixture
def prescription(ward: Settings) -> Entry:
    """Return a prescription of the nurses' patient, begun an hour ago."""
    prescribe(
        ward,
        DOCTOR,
        MINE,
        medicine=METFORMIN,
        dosage=TWICE,
        started_at=ago(hours=1),
    )
    return newest(ward, "prescriptions")


def written(ward: Settings, feed: str, patient_key: int = MINE) -> list[Entry]:
    """Return all entries of a feed about a patient, the newest version of each."""
    return entries(ward, DOCTOR, feed, [patient_key])


def newest(ward: Settings, feed: str, patient_key: int = MINE) -> Entry:
    """Return what was written last."""
    return max(written(ward, feed, patient_key), key=lambda each: each.changed_at)


def request(ward: Settings, prescription: Entry, kind: str = "refill") -> Entry:
    """Let the patient ask for something about a prescription."""
    values = {
        "request_type_code": kind,
        "prescription_id": prescription.record_id,
        "drug_name": prescription.values["drug_name"],
        "requester_code": "patient",
        "request_text": "please",
        "status_code": "requested",
        "requested_at": ago(minutes=5),
    }
    save(ward, PATIENT, [Change("request medication change", MINE, values)])
    return newest(ward, "medication_requests")
