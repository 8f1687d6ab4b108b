"""One installation with the golden stays and a ward whose facts are set by hand."""

import csv
import itertools
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import psycopg
import pytest

from pipelines.building import build_marts
from pipelines.database.connections import connect
from pipelines.database.roles import Role
from pipelines.settings import Settings
from tests.conftest import installation_with_marts
from tests.dbt.raw_rows import insert_fact, touch
from tests.risk.ward import insert_ward

GOLDEN = "golden"
CLASSES = {"acute": "inpatient", "observation": "observation"}


@pytest.fixture(scope="package")
def golden_stays(shared_clinical: Path) -> list[dict[str, str]]:
    """Return the golden stays of the readmission measure."""
    path = shared_clinical / "vectors" / "readmission_30d.csv"
    with path.open() as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="package")
def built(
    tmp_path_factory: pytest.TempPathFactory, golden_stays: list[dict[str, str]]
) -> Iterator[Settings]:
    """Yield an installation with both sources, built once; tests only read it."""
    for settings in installation_with_marts(tmp_path_factory.mktemp("risk")):
        with connect(settings, Role.OWNER) as connection:
            _insert_golden(connection, golden_stays)
            insert_ward(connection)
        build_marts(settings)
        yield settings


def _insert_golden(connection: psycopg.Connection, stays: list[dict[str, str]]) -> None:
    """Insert the golden stays as a closed collection that ends when they do."""
    (until,) = {stay["follow_up_until"] for stay in stays}
    connection.execute(
        "insert into raw.source (source_system, adapter, is_historical, last_event_at) "
        "values (%s, 'csv', true, %s)",
        (GOLDEN, datetime.fromisoformat(f"{until}T12:00:00+00:00")),
    )
    by_patient = itertools.groupby(stays, key=lambda stay: stay["patient"])
    for number, (_, of_patient) in enumerate(by_patient, start=1_001):
        for stay in of_patient:
            insert_fact(
                connection,
                "encounters",
                {
                    "source_system": GOLDEN,
                    "record_id": f"{stay['patient']}-{stay['stay_no']}",
                    "patient_key": number,
                    "encounter_class_code": CLASSES[stay["setting"]],
                    "organization_id": stay["hospital"],
                    "reason_code": stay["dx_group"],
                    "admission_type_name": "elective"
                    if stay["planned"] == "1"
                    else "emergency",
                    "discharge_disposition_name": {"ama": "against advice"}.get(
                        stay["disposition"], stay["disposition"]
                    ),
                    "started_at": f"{stay['admit']}T00:00:00Z",
                    "ended_at": f"{stay['discharge']}T00:00:00Z",
                },
            )
        touch(connection, (number,))
