"""Uploading results about the record's own patients, by their numbers."""

import csv
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import dagster as dg
import psycopg
import pytest

from pipelines.access.encryption import load_keyring, patient_key_of
from pipelines.access.people import create_person
from pipelines.assets.raw import LAND_STEP, raw_feeds
from pipelines.database.connections import connect
from pipelines.database.databases import RECORD
from pipelines.database.roles import Role
from pipelines.deliveries import find_deliveries
from pipelines.feeds.catalogue import FEEDS
from pipelines.landing.discovery import DeliveryError
from pipelines.landing.loading import load
from pipelines.record.actions.examination import Examination
from pipelines.record.actions.uploading import examine, submit, upload_sources
from pipelines.record.filling import fill_record
from pipelines.settings import Settings
from pipelines.sources.catalogue import ADAPTERS
from pipelines.sources.uploads import ADAPTER
from pipelines.write_back import land_record
from tests.conftest import running_installation
from tests.record.laboratory import (
    HEADER,
    PASSWORD,
    QUALITY,
    TECHNICIAN,
    asked,
    file_of,
    line,
)

RECORD_ID = "11111111-0000-0000-0000-000000000001"
KNOWN = {
    "patients": {
        "source_patient_id": "P1",
        "given_name": "Ada",
        "family_name": "Meyer",
        "birth_date": "1956-08-03",
        "source_updated_at": "2026-01-01T00:00:00Z",
    },
    "lab_results": dict(
        zip(HEADER.split(","), line(RECORD_ID).split(","), strict=True)
    ),
}
NEWEST = """
    select patient_key, value_text from raw.lab_results
    where source_system = 'operational' and record_id = '{}'
    order by version_at desc limit 1
"""


@pytest.fixture(scope="module")
def laboratory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """Yield an installation whose only patients are those of its record."""
    folder = tmp_path_factory.mktemp("former")
    for feed, row in KNOWN.items():
        with (folder / f"{feed}.csv").open("w", newline="") as file:
            writer = csv.DictWriter(file, FEEDS[feed].delivered_columns)
            writer.writeheader()
            writer.writerow(row)
    for settings in running_installation(tmp_path_factory.mktemp("laboratory")):
        with connect(settings, Role.OWNER, RECORD) as record:
            fill_record(record, load_keyring(settings.keys_folder), folder)
        land_record(settings)
        with connect(settings, Role.OWNER) as owner:
            for person in (TECHNICIAN, QUALITY):
                create_person(owner, person, PASSWORD)
        yield settings


def key_of(settings: Settings, number: str) -> int:
    """Return the key that a patient's number leads to."""
    digest = load_keyring(settings.keys_folder).patient_digest("operational", number)
    return patient_key_of(digest)


def looked_at(settings: Settings, *lines: str) -> Examination:
    """Return what a file for the record would do."""
    return examine(settings, TECHNICIAN, "a.csv", file_of(*lines), "operational")


def land(settings: Settings, folder: Path) -> bool:
    """Land a delivery as Dagster does; return whether it did."""
    config = {"path": str(folder), "format": "upload", "source": "operational"}
    result = dg.materialize(
        [raw_feeds],
        resources={"settings": settings},
        run_config={"ops": {LAND_STEP: {"config": config}}},
        raise_on_error=False,
    )
    return result.success


def test_a_patient_of_the_record_is_found_by_number(laboratory: Settings) -> None:
    assert upload_sources(laboratory, TECHNICIAN) == ["operational"]

    rows = looked_at(laboratory, line("N1"), line("N2", patient="P9")).rows

    assert list(rows["verdict"]) == ["new", "patient_unknown"]
    assert list(rows["patient"]) == ["Meyer, Ada", ""]


def test_what_is_submitted_lands_at_the_records_patient(laboratory: Settings) -> None:
    examination = looked_at(laboratory, line("N1", value="6.1"))
    upload = submit(laboratory, TECHNICIAN, examination)
    parent = laboratory.deliveries_folder / "upload@operational"
    folder = parent / str(upload.upload_id)
    found = find_deliveries(laboratory.deliveries_folder)

    assert [each.naming_problem for each in found if each.path == folder] == [None]
    assert land(laboratory, folder)
    expected = [(key_of(laboratory, "P1"), "6.1")]
    assert asked(laboratory, NEWEST.format("N1"), Role.BUILDER) == expected
    assert not folder.exists()


def test_nothing_lands_under_the_records_name_that_nobody_submitted(
    laboratory: Settings,
) -> None:
    folder = laboratory.deliveries_folder / "upload@operational" / str(uuid4())
    folder.mkdir(parents=True)
    (folder / "lab_results.csv").write_bytes(file_of(line("N7")))

    assert not land(laboratory, folder)
    assert asked(laboratory, NEWEST.format("N7"), Role.BUILDER) == []
    assert folder.exists()


def test_the_format_of_uploads_can_be_chosen_by_nobody_and_for_no_other_source(
    laboratory: Settings, tmp_path: Path
) -> None:
    path = tmp_path / "lab_results.csv"
    path.write_bytes(file_of(line("N8")))

    assert ADAPTER.name not in ADAPTERS
    with pytest.raises(DeliveryError, match="only what comes from the record"):
        load(laboratory, path, adapter=ADAPTER, source_system="hospital")
    stranger = laboratory.deliveries_folder / "upload@hospital" / "a.csv"
    stranger.parent.mkdir(parents=True, exist_ok=True)
    stranger.write_bytes(path.read_bytes())
    found = find_deliveries(laboratory.deliveries_folder)
    assert [each.naming_problem for each in found if each.path == stranger] != [None]


def test_only_technicians_get_the_numbers_of_patients(laboratory: Settings) -> None:
    key = key_of(laboratory, "P1")
    numbers = "select patient_key from access.patient_numbers(array[%s]::bigint[])"

    def got(role: Role | str, user_id: str) -> list[tuple]:
        with connect(laboratory, role) as connection:
            connection.execute(
                "select set_config('ehr.user_id', %s, false)", (user_id,)
            )
            return connection.execute(numbers, (key,)).fetchall()

    assert got(TECHNICIAN.role.login, TECHNICIAN.user_id) == [(key,)]
    assert got(TECHNICIAN.role.login, "nobody") == []
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        got(QUALITY.role.login, QUALITY.user_id)
