"""A ward: two results of two patients, a doctor, a nurse who has one of them."""

from collections.abc import Iterator

import pytest
from psycopg import sql

from pipelines.access.assignments import assign_patient
from pipelines.access.people import Person, create_person
from pipelines.database.connections import connect
from pipelines.database.databases import RECORD
from pipelines.database.roles import Role
from pipelines.feeds.catalogue import FEEDS
from pipelines.record.actions.acknowledging import SeenResult
from pipelines.record.tables import recorded_feeds, table_of
from pipelines.settings import Settings
from tests.conftest import running_installation

PASSWORD = "correct horse battery staple"  # noqa: S105 - of people in tests
DOCTOR = Person("doctor", "Dr. One", "doctor", "hospital", "D1")
OTHER_DOCTOR = Person("other.doctor", "Dr. Two", "doctor", "hospital", "D2")
NURSE = Person("nurse", "Nurse One", "nurse", "hospital", "N1")
PATIENT = Person("patient", "Patient", "patient", patient_key=1)
PEOPLE = (DOCTOR, OTHER_DOCTOR, NURSE, PATIENT)

POTASSIUM = SeenResult(1, "hospital:L1", "a" * 32)
SODIUM = SeenResult(1, "hospital:L2", "b" * 32)
GLUCOSE = SeenResult(2, "hospital:L3", "c" * 32)
WITHDRAWN = SeenResult(2, "hospital:L4", "d" * 32)  # stands among the findings only

MARTS = """
    create table marts.fct_lab_results (
        patient_key bigint, lab_result_key text, reading_hash text
    );
    create table marts.fct_abnormal_findings (
        patient_key bigint, lab_result_key text, reading_hash text
    );
"""
POLICIES = """
    alter table marts.{0} enable row level security;
    alter table marts.{0} force row level security;
    create policy owner on marts.{0} to ehr_owner using (true);
    create policy doctor on marts.{0} to ehr_doctor
        using ((select access.is_known_person()));
    create policy nurse on marts.{0} to ehr_nurse using (
        patient_key = any((select access.visible_patients())::bigint[])
    );
    grant select on marts.{0} to ehr_doctor, ehr_nurse;
"""
EMPTIED = (
    "alter table {} disable trigger only_grows",
    "truncate {}",
    "alter table {} enable trigger only_grows",
)
INSERT = "insert into marts.{} values (%s, %s, %s)"


@pytest.fixture(scope="package")
def shared_ward(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """Yield an installation with two marts made by hand, and people."""
    for settings in running_installation(tmp_path_factory.mktemp("ward")):
        with connect(settings, Role.OWNER) as owner:
            owner.execute(MARTS)
            for mart in ("fct_lab_results", "fct_abnormal_findings"):
                owner.execute(POLICIES.format(mart))
            for person in PEOPLE:
                create_person(owner, person, PASSWORD)
            assign_patient(owner, "nurse", 1, "covers the ward")
            for doctor in (DOCTOR, OTHER_DOCTOR):
                for patient_key in (1, 2):
                    assign_patient(owner, doctor.user_id, patient_key, "treats")
        yield settings


@pytest.fixture
def ward(shared_ward: Settings) -> Settings:
    """Return the ward as it is before anybody has acknowledged anything."""
    with connect(shared_ward, Role.OWNER) as owner:
        owner.execute("truncate marts.fct_lab_results, marts.fct_abnormal_findings")
        for result in (POTASSIUM, SODIUM, GLUCOSE):
            owner.execute(INSERT.format("fct_lab_results"), fields(result))
        for result in (POTASSIUM, WITHDRAWN):
            owner.execute(INSERT.format("fct_abnormal_findings"), fields(result))
        owner.execute("truncate raw.acknowledgements, raw.extract_position")
        owner.execute("truncate raw.touched_patients, raw.touched_feeds")
    empty_record(shared_ward)
    return shared_ward


def empty_record(settings: Settings) -> None:
    """Empty the record, which its owner alone can, and not by mistake."""
    with connect(settings, Role.OWNER, RECORD) as owner:
        for feed in (FEEDS["acknowledgements"], *recorded_feeds()):
            for statement in EMPTIED:
                owner.execute(sql.SQL(statement).format(table_of(feed)))


def fields(result: SeenResult) -> tuple[int, str, str]:
    """Return a result as a row of a mart."""
    return result.patient_key, result.lab_result_key, result.reading_hash
