"""One installation, built three times: at first, by patients touched, and in full."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from pipelines.access.assignments import assign_patient
from pipelines.access.people import Person, create_person
from pipelines.building import build_marts
from pipelines.database.connections import connect
from pipelines.database.roles import Role
from pipelines.feeds.catalogue import FEEDS
from pipelines.settings import Settings
from tests.conftest import installation_with_marts, real_sources
from tests.dbt.mart_state import State, state_of
from tests.dbt.raw_rows import example_of, insert_every_feed, insert_fact, touch

PATIENTS = (11, 12, 13, 14)
NURSE_SEES = (11, 12)
PATIENT_SEES = 13
LATER = "2026-02-01T13:00:00Z"
PEOPLE = (
    Person("doctor", "Doctor", "doctor"),
    Person("nurse", "Nurse", "nurse"),
    Person("patient", "Patient", "patient", patient_key=PATIENT_SEES),
    Person("technician", "Laboratory technician", "lab_technician"),
    Person("registrar", "Registrar", "registrar"),
    Person("billing", "Billing staff", "billing"),
)


@dataclass(frozen=True)
class Built:
    """An installation with marts, and what they hold."""

    settings: Settings
    state: State


@dataclass(frozen=True)
class ThreeBuilds:
    """The installation and what its marts held after each build."""

    settings: Settings
    first: State
    touched: State
    full: State


@pytest.fixture(scope="package")
def three_builds(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ThreeBuilds]:
    """Build all marts, change two patients, build these, then build all again."""
    for settings in installation_with_marts(tmp_path_factory.mktemp("dbt")):
        with connect(settings, Role.OWNER) as connection:
            _fill(connection)
        build_marts(settings)
        first = state_of(settings)
        with connect(settings, Role.OWNER) as connection:
            _change(connection)
        build_marts(settings)
        touched = state_of(settings)
        build_marts(settings, is_full=True)
        yield ThreeBuilds(settings, first, touched, state_of(settings))


@pytest.fixture(scope="package")
def at_once(
    shared_data: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Built]:
    """Load MIMIC-IV and 59 patients of Synthea whole, and build."""
    for settings in real_sources(tmp_path_factory.mktemp("at_once"), shared_data):
        yield Built(settings, state_of(settings))


def _fill(connection: psycopg.Connection) -> None:
    """Insert every feed for four patients, two results more, and people."""
    insert_every_feed(connection, PATIENTS)
    for patient in PATIENTS:
        _insert_result(connection, f"critical-{patient}", patient, value_text="6.9")
    _insert_result(connection, "posted-to-the-wrong-one", 11, value_text="4.4")
    _insert_result(connection, "corrected", 12, value_text="44")
    for person in PEOPLE:
        create_person(connection, person, "correct horse battery staple")
    for patient in NURSE_SEES:
        assign_patient(connection, "nurse", patient, "covers the ward")


def _change(connection: psycopg.Connection) -> None:
    """Withdraw the only vital sign of 11, move a result to 12, and correct another."""
    vital_sign = example_of(FEEDS["vital_signs"], 11)
    insert_fact(
        connection,
        "vital_signs",
        vital_sign | {"is_closed": True, "version_at": LATER},
    )
    _insert_result(
        connection, "posted-to-the-wrong-one", 12, value_text="4.4", version_at=LATER
    )
    _insert_result(connection, "corrected", 12, value_text="4.4", version_at=LATER)
    touch(connection, (11, 12))


def _insert_result(
    connection: psycopg.Connection, record_id: str, patient: int, **columns: str
) -> None:
    row = example_of(FEEDS["lab_results"], patient)
    row |= {"record_id": record_id, "value_number": None} | columns
    insert_fact(connection, "lab_results", row)
