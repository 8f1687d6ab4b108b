"""A small clinic whose record is filled, landed and built; one patient to write about.

The patient lies on a ward, has medicines that run, a doctor and a nurse.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import psycopg
import pytest

from dashboards.statements import LISTED_PATIENTS
from pipelines.access.assignments import assign_patient
from pipelines.access.demonstration import make_demo_people
from pipelines.access.encryption import load_keyring
from pipelines.access.people import Person, create_person, find_person
from pipelines.access.reading import Query, Reader
from pipelines.building import build_marts
from pipelines.database.connections import connect
from pipelines.database.databases import RECORD
from pipelines.database.roles import Role
from pipelines.record.actions.entry import Entry
from pipelines.record.actions.prescribing import is_current
from pipelines.record.actions.reading_entries import entries
from pipelines.record.filling import fill_record
from pipelines.record.simulator.simulation import simulate
from pipelines.settings import Settings
from pipelines.write_back import land_record
from tests.conftest import installation_with_marts

# Patients with running medicines, the most of them first, and no allergy on record.
CANDIDATES = """
    select active.patient_key
    from marts.fct_active_medications as active
    where not exists (
        select from marts.fct_allergies as allergy
        where allergy.patient_key = active.patient_key
    )
    group by active.patient_key
    order by count(*) desc, active.patient_key
    limit 1
"""


@dataclass(frozen=True)
class Clinic:
    """An installation, its doctor and nurse, and the patient to write about."""

    settings: Settings
    doctor: Person
    nurse: Person
    patient: Person
    patient_key: int
    name: str
    number: str

    def entries(self, feed: str) -> list[Entry]:
        """Return what the record holds of a feed about the patient, by time."""
        return entries(self.settings, self.doctor, feed, [self.patient_key])

    def written(self, feed: str) -> list[Entry]:
        """Return what the doctor and the nurse wrote, by time."""
        people = (self.doctor.user_id, self.nurse.user_id)
        return [e for e in self.entries(feed) if e.changed_by_user_id in people]

    def medicines(self) -> list[Entry]:
        """Return the prescriptions that run."""
        return [each for each in self.entries("prescriptions") if is_current(each)]


@pytest.fixture(scope="package")
def clinic(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clinic]:
    """Yield the clinic."""
    for settings in installation_with_marts(tmp_path_factory.mktemp("clinic")):
        fill(settings)
        with connect(settings, Role.BUILDER) as builder:
            (patient_key,) = builder.execute(CANDIDATES).fetchone()
        with connect(settings, Role.OWNER) as owner:
            yield furnished(settings, owner, patient_key)


@pytest.fixture(scope="package")
def other_nurse(clinic: Clinic) -> Person:
    """Return a nurse of another ward, who has no patient here."""
    person = Person("other.nurse", "Other Nurse", "nurse")
    with connect(clinic.settings, Role.OWNER) as owner:
        create_person(owner, person, "correct horse battery staple")
    return person


def fill(settings: Settings) -> None:
    """Simulate a record, and bring it into the marts."""
    folder = settings.root / "simulated"
    until = datetime.now(UTC).date()
    simulate(patients=25, years=1, seed=1, until=until, folder=folder)
    with connect(settings, Role.OWNER, RECORD) as record:
        fill_record(record, load_keyring(settings.keys_folder), folder)
    land_record(settings)
    build_marts(settings)


def furnished(
    settings: Settings, owner: psycopg.Connection, patient_key: int
) -> Clinic:
    """Make the demo's people, and give the patient to a doctor and a nurse."""
    make_demo_people(owner, "operational")
    for user_id in ("doctor", "nurse"):
        assign_patient(owner, user_id, patient_key, "treats")
    owner.execute(
        "update access.person set patient_key = %s where user_id = 'patient'",
        (patient_key,),
    )
    owner.commit()
    return clinic_of(settings, owner, find_person(owner, "patient"))


def clinic_of(settings: Settings, owner: psycopg.Connection, patient: Person) -> Clinic:
    """Return the clinic with this patient, as the demo's doctor and nurse know it."""
    doctor, key = find_person(owner, "doctor"), patient.patient_key
    query = {"listed": Query(LISTED_PATIENTS, {"patient_keys": [key]})}
    who = Reader(settings, doctor).read("test", query, [key]).identities[key]
    nurse = find_person(owner, "nurse")
    return Clinic(
        settings, doctor, nurse, patient, key, who.full_name, who.record_number
    )
