"""One installation with every mart, eight patients, labels that differ, and people.

Two more patients have facts whose codes give them their labels (coded_facts).
"""

import uuid
from collections.abc import Iterator

import psycopg
import pytest

from pipelines.access.people import Person, create_person
from pipelines.building import build_marts
from pipelines.database.connections import administrator_conninfo, connect
from pipelines.database.databases import WAREHOUSE
from pipelines.database.roles import Role
from pipelines.feeds.catalogue import FEEDS
from pipelines.settings import Settings
from tests.access_rules.coded_facts import insert_coded_facts
from tests.access_rules.worlds import (
    MERGED,
    OWN_PATIENT,
    PATIENTS,
    PRACTITIONERS,
    ROLES,
)
from tests.conftest import installation_with_marts
from tests.dbt.raw_rows import (
    CREATININE,
    example_of,
    insert_every_feed,
    insert_fact,
)

PASSWORD = "correct horse battery staple"  # noqa: S105 - of people in tests
WITH_PATIENTS = """
    select relation.oid::regclass::text
    from pg_class as relation
    inner join pg_attribute as attribute
        on attribute.attrelid = relation.oid and attribute.attname = 'patient_key'
    where relation.relnamespace::regnamespace::text in ('marts', 'ml')
        and relation.relkind = 'r'
    order by 1
"""
RISK = """
    insert into ml.model values (
        'readmission', '1', now(), now(), 1400, 240, 500, 80, 0.17, '{}', true, null,
        repeat('a', 64), '{}'
    );
    insert into ml.risk_score (
        patient_key, stay_key, model_name, model_version, predicted_at, window_ends_at,
        scored_at, status_code, risk, base_rate, training_events, is_model_shown,
        sensitivity
    )
    select patient, 'stay ' || patient, 'readmission', '1', now() - interval '1 day',
        now(), now(), 'scored', 0.3, 0.17, 240, true, 0
    from generate_series(1, 8) as patient
"""
LABELLED = """
    insert into marts.fct_labelled_facts (patient_key, kind_code, fact_key, sensitivity)
    select patient, 'conditions', 'x:' || patient || ':' || bit, bit
    from generate_series(1, 8) as patient cross join (values (1), (2), (4)) as b (bit)
"""
SIGNS = {
    "9279-1": ("18", "/min"),
    "59408-5": ("97", "%"),
    "8480-6": ("120", "mm[Hg]"),
    "8867-4": ("72", "/min"),
    "8310-5": ("36.8", "Cel"),
}
NAMES = """
    insert into identity.patients (
        source_system, record_id, patient_key, is_closed, version_at, known_from,
        adapter_revision, delivery_id, file_id, line_number, content_hash
    )
    values ('hospital', %(id)s, %(key)s, false, now(), now(), 1, 1, 1, 1, %(token)s)
"""
KNOWN = "insert into identity.patient_key values (%(key)s, 'hospital', %(digest)s)"
SOUGHT = "insert into identity.search_token values (%s, %s, %s)"
MERGES = ", ".join(map(str, MERGED.items()))
# What a patient is searched by; the hash of each is told by its place.
KINDS = ("number", "prefix", "prefix", "birth_date")


def token_of(patient: int, place: int = 0) -> uuid.UUID:
    """Return the keyed hash that stands for a patient's number, name or birth date."""
    return uuid.UUID(int=patient * 10 + place)


@pytest.fixture(scope="package")
def labelled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """Yield the installation; what a test plants it rolls back."""
    for settings in installation_with_marts(tmp_path_factory.mktemp("rules")):
        with connect(settings, Role.OWNER) as owner:
            insert_every_feed(owner, PATIENTS)
            insert_what_examples_lack(owner)
            insert_coded_facts(owner)
        build_marts(settings)
        with connect(settings, Role.OWNER) as owner:
            make_people(owner)
        with psycopg.connect(**administrator_conninfo(settings, WAREHOUSE)) as admin:
            give_labels(admin)
        yield settings


def insert_what_examples_lack(owner: psycopg.Connection) -> None:
    """Give every patient what pages work on, and a pair of medicines."""
    for patient in PATIENTS:
        abnormal = {
            "record_id": f"abnormal-{patient}",
            "value_text": "99",
            "value_number": 99,
            "reference_low": 1,
            "reference_high": 2,
            "comment_text": "Hemolyzed specimen.",
        }
        note = {
            "record_id": f"finished-{patient}",
            "note_type_code": "visit",
            "status_code": "final",
        }
        rejected = {"record_id": f"rejected-{patient}", "status_code": "rejected"}
        culture = {
            "record_id": f"culture-{patient}",
            "organism_name": "Escherichia coli",
        }
        anticoagulant = {
            "record_id": f"anticoagulant-{patient}",
            "drug_code": None,
            "code_system": None,
            "drug_name": "warfarin",
        }
        painkiller = anticoagulant | {
            "record_id": f"painkiller-{patient}",
            "drug_name": "ibuprofen",
        }
        more = {
            "record_id": f"more-{patient}",
            "dose_text": "1000",
            "started_at": "2026-02-10T00:00:00Z",
        }
        # Of no order, as by a pharmacy outside: what a ward gets is no fill.
        fill = {
            "record_id": f"fill-{patient}",
            "prescription_id": None,
            "encounter_id": None,
        }
        creatinine = CREATININE | {"record_id": f"creatinine-{patient}"}
        before = creatinine | {
            "record_id": f"creatinine-before-{patient}",
            "value_text": "0.6",
            "collected_at": "2026-01-31T07:40:00Z",
        }
        for feed, row in (
            ("lab_results", abnormal),
            ("lab_results", creatinine),
            ("lab_results", before),
            ("lab_results", culture),
            ("notes", note),
            ("specimens", rejected),
            ("prescriptions", anticoagulant),
            ("prescriptions", painkiller),
            ("prescriptions", more),
            ("dispenses", fill),
            *(("vital_signs", sign) for sign in signs_of(patient)),
        ):
            insert_fact(owner, feed, example_of(FEEDS[feed], patient) | row)


def signs_of(patient: int) -> list[dict[str, str]]:
    """Return the signs of one moment that an early warning score needs."""
    return [
        {
            "record_id": f"{code}-{patient}",
            "observation_code": code,
            "value_text": value,
            "unit": unit,
        }
        for code, (value, unit) in SIGNS.items()
    ]


def make_people(owner: psycopg.Connection) -> None:
    """Make one account for every name of the worlds."""
    for user_id, role in ROLES.items():
        own = OWN_PATIENT if role == "patient" else None
        source, practitioner = PRACTITIONERS.get(user_id, (None, None))
        person = Person(user_id, user_id, role, source, practitioner, own)
        create_person(owner, person, PASSWORD)


def give_labels(admin: psycopg.Connection) -> None:
    """Give each row a label of its own, so that one patient has several."""
    admin.execute(RISK)
    admin.execute(LABELLED)
    for place, (relation,) in enumerate(admin.execute(WITH_PATIENTS).fetchall()):
        if relation != "marts.fct_labelled_facts":
            admin.execute(
                f"update {relation} set sensitivity = (patient_key * 3 + %s) %% 8 "  # noqa: S608 - names
                "where patient_key = any(%s)",
                (place, list(PATIENTS)),
            )
    admin.execute(f"insert into raw.merged_patients values {MERGES}")  # noqa: S608
    for patient in (*PATIENTS, *MERGED):
        values = {"id": f"P{patient}", "key": patient, "token": token_of(patient)}
        admin.execute(NAMES, values)
        for place, kind in enumerate(KINDS):
            admin.execute(SOUGHT, (patient, kind, token_of(patient, place)))
        admin.execute(KNOWN, {"key": patient, "digest": str(patient).encode()})


@pytest.fixture
def admin(labelled: Settings) -> Iterator[psycopg.Connection]:
    """Yield a superuser's connection; everything is rolled back."""
    with psycopg.connect(**administrator_conninfo(labelled, WAREHOUSE)) as connection:
        yield connection
        connection.rollback()
