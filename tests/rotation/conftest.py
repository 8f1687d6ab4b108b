"""An installation with a value in every place that holds sealed ones."""

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from psycopg import sql

from pipelines.access.encryption import Keyring, load_keyring
from pipelines.access.sealed_columns import SealedTable, present_tables
from pipelines.database.connections import connect
from pipelines.database.databases import RECORD
from pipelines.database.roles import Role
from pipelines.feeds.catalogue import FEEDS
from pipelines.landing.loading import load
from pipelines.settings import Settings
from tests.conftest import running_installation

SOURCE = "ward"
PATIENTS = 15
VERSIONS_OF_THE_RECORD = 5


@pytest.fixture(scope="module")
def sealed_installation(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Settings]:
    """Yield an installation with deliveries, refused lines and a record."""
    for settings in running_installation(tmp_path_factory.mktemp("rotation")):
        for first in (0, PATIENTS, 2 * PATIENTS):
            deliver(settings, tmp_path_factory.mktemp("deliveries"), first)
        write_record(settings)
        yield settings


def deliver(settings: Settings, folder: Path, first: int) -> None:
    """Load patients and notes, with one line that cannot be read."""
    direct = [column.name for column in FEEDS["patients"].direct_columns]
    header = ["source_patient_id", *direct, "birth_date", "sex"]
    lines = [",".join(header)]
    for number in range(first, first + PATIENTS):
        names = [f"{column}{number}" for column in direct]
        lines.append(",".join([f"P{number}", *names, "1970-01-02", "F"]))
    lines.append("half,a,line")
    (folder / "patients.csv").write_text("\n".join(lines) + "\n")
    load(settings, folder, format_name="csv", source_system=SOURCE)


def write_record(settings: Settings) -> None:
    """Write versions of entries into every table of the record with sealed columns."""
    keyring = load_keyring(settings.keys_folder)
    with connect(settings, Role.OWNER, RECORD) as record:
        for table in present_tables(record):
            for number in range(VERSIONS_OF_THE_RECORD):
                _write_version(record, table, keyring, number)


def _write_version(
    record: object, table: SealedTable, keyring: Keyring, number: int
) -> None:
    version_id = uuid.uuid4()
    said = {
        "version_id": version_id,
        "record_id": f"entry {number} {version_id.hex[:8]}",
        "changed_by_user_id": "owner",
        "changed_by_name": "Owner",
        "changed_by_role_code": "owner",
    }
    if FEEDS[table.name].has_patient:
        said["patient_key"] = uuid.uuid4().int >> 65
    sealed = {
        column: keyring.encrypt(f"{column} {number}", table.place(column, version_id))
        for column in table.columns
    }
    values = said | {column: str(value) for column, value in sealed.items()}
    record.execute(
        sql.SQL("insert into {} ({}) values ({})").format(
            table.identifier,
            sql.SQL(", ").join(map(sql.Identifier, values)),
            sql.SQL(", ").join(sql.Placeholder() * len(values)),
        ),
        list(values.values()),
    )
