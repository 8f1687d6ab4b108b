"""One installation with real sources, golden vectors and planted identifiers, built."""

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipelines.access.people import Person, create_person
from pipelines.building import build_marts
from pipelines.database.connections import connect
from pipelines.database.roles import Role
from pipelines.landing.loading import load
from pipelines.settings import Settings
from tests.conftest import installation_with_marts, real_sources
from tests.research import planted

PASSWORD = "correct horse battery staple"  # noqa: S105 - of people made for this test
ZIP_TODAY = "2024-06-15"  # the vectors of postal codes state none
# Beside the real sources that other tests have, too.
MORE_OF_SYNTHEA = "synthea_csv/synthea_2017_285_patients"
MAKE_HISTORICAL = """
    update raw.source set is_historical = true, last_event_at = %s
    where source_system = %s
"""
PEOPLE = (
    Person("rita", "Rita", "researcher"),
    Person("ruth", "Ruth", "researcher"),
    Person("doctor", "Doctor", "doctor"),
)


@pytest.fixture(scope="package")
def released(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """Yield an installation with planted identifiers, small enough for any machine."""
    for settings in installation_with_marts(tmp_path_factory.mktemp("planted")):
        folder = tmp_path_factory.mktemp("delivery")
        load_planted(settings, folder)
        build_marts(settings)
        make_people(settings)
        yield settings


@pytest.fixture(scope="package")
def released_real(
    shared_data: Path, shared_clinical: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Settings]:
    """Yield an installation with the real sources, the vectors and what was planted."""
    for settings in real_sources(tmp_path_factory.mktemp("real"), shared_data):
        folder = tmp_path_factory.mktemp("vectors")
        load(
            settings,
            shared_data / MORE_OF_SYNTHEA,
            format_name="synthea",
            source_system="synthea_2017",
        )
        load_planted(settings, folder / "planted")
        load_vectors(settings, shared_clinical / "vectors", folder)
        build_marts(settings)
        yield settings


def make_people(settings: Settings) -> None:
    """Make two researchers and a doctor."""
    with connect(settings, Role.OWNER) as connection:
        for person in PEOPLE:
            create_person(connection, person, PASSWORD)


def load_planted(settings: Settings, folder: Path) -> None:
    """Load the planted identifiers as a source that ended in 2024."""
    planted.write_feeds(folder, planted.FEEDS)
    load(settings, folder, format_name="csv", source_system=planted.SOURCE)
    end_source(settings, planted.SOURCE, "2024-06-15T12:00:00Z")


def end_source(settings: Settings, source_system: str, last_event_at: str) -> None:
    """Make a source a closed collection with its own today."""
    with connect(settings, Role.OWNER) as connection:
        connection.execute(MAKE_HISTORICAL, (last_event_at, source_system))


def load_vectors(settings: Settings, vectors: Path, folder: Path) -> None:
    """Load each case of the golden vectors as a patient; one source for each today."""
    patients: dict[str, list[dict[str, str]]] = {ZIP_TODAY: []}
    for case in cases_of(vectors / "zip3_safe_harbor.csv"):
        patient = {"source_patient_id": case["id"], "postal_code": case["zip"]}
        patients[ZIP_TODAY].append(patient)
    for case in cases_of(vectors / "age_date_safe_harbor.csv"):
        patient = {"source_patient_id": case["id"], "birth_date": case["birth_date"]}
        patients.setdefault(case["as_of"], []).append(patient)
    for today, rows in patients.items():
        source = source_of(today)
        planted.write_feeds(folder / source, {"patients": rows})
        load(settings, folder / source, format_name="csv", source_system=source)
        end_source(settings, source, f"{today}T12:00:00Z")


def source_of(today: str) -> str:
    """Return the name of the source of the vectors with this today."""
    return f"vectors_{today.replace('-', '_')}"


def cases_of(vector: Path) -> list[dict[str, str]]:
    """Return the cases of a golden vector."""
    with vector.open(newline="") as file:
        return list(csv.DictReader(file))
