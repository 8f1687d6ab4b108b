"""Direct identifiers land encrypted, are found by keyed hashes, and only there."""

import json
import logging
from pathlib import Path

import pytest

from pipelines.access.encryption import load_keyring
from pipelines.database.connections import connect
from pipelines.database.roles import Role
from pipelines.feeds.catalogue import FEEDS
from pipelines.landing.loading import load
from pipelines.landing.report import LoadReport
from pipelines.settings import Settings

SOURCE = "canaries"
CANARY = "Qanarienvogel"
PATIENT_ID = "MRN-77331155"


@pytest.fixture(scope="module")
def delivery(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write a patient whose every direct identifier is a canary, and one bad line."""
    folder = tmp_path_factory.mktemp("canaries")
    direct = {column.name: CANARY for column in FEEDS["patients"].direct_columns}
    known = {"source_patient_id": PATIENT_ID, "birth_date": "1970-01-02", "sex": "F"}
    write(folder / "patients.csv", direct | known)
    result = {
        "record_id": "R1",
        "source_patient_id": PATIENT_ID,
        "test_code": "2823-3",
        "value_text": "4.1",
        "value_number": f"{CANARY}",
        "collected_at": "2026-02-01",
    }
    write(folder / "lab_results.csv", result)
    return folder


def write(path: Path, row: dict[str, str]) -> None:
    path.write_text(f"{','.join(row)}\n{','.join(row.values())}\n{CANARY},half\n")


@pytest.fixture(scope="module")
def report(installation: Settings, delivery: Path) -> LoadReport:
    return load(installation, delivery, format_name="csv", source_system=SOURCE)


def stored_rows(settings: Settings) -> list[tuple[str, str]]:
    """Return every row of every table of the warehouse as text, with its table."""
    with connect(settings, Role.OWNER) as connection:
        tables = connection.execute(
            "select schemaname, tablename from pg_tables where schemaname in "
            "('raw', 'quarantine', 'identity', 'quality', 'audit', 'access')"
        ).fetchall()
        return [
            (f"{schema}.{table}", text)
            for schema, table in tables
            for (text,) in connection.execute(
                f'select t::text from "{schema}"."{table}" as t'  # noqa: S608
            )
        ]


@pytest.mark.parametrize("canary", [CANARY, CANARY.lower(), PATIENT_ID, "77331155"])
def test_no_table_holds_an_identifier_in_clear(
    report: LoadReport, installation: Settings, canary: str
):
    assert report.status == "landed"
    rows = stored_rows(installation)
    assert {table for table, text in rows if canary in text} == set()
    assert len(rows) > 5


def test_no_report_no_log_and_no_suite_result_holds_an_identifier(
    report: LoadReport, installation: Settings, caplog: pytest.LogCaptureFixture
):
    told = json.dumps([report.as_json(), report.suites, str(report)], default=str)
    assert CANARY not in told
    assert PATIENT_ID not in told
    assert not [entry for entry in caplog.records if CANARY in entry.getMessage()]
    log = "".join(
        path.read_text(errors="replace") for path in installation.root.rglob("*.log")
    )
    assert CANARY not in log
    assert logging.getLogger().level > logging.DEBUG


def test_an_identifier_is_read_back_with_the_key_at_its_place_alone(
    report: LoadReport, installation: Settings
):
    assert report
    keyring = load_keyring(installation.keys_folder)
    with connect(installation, Role.LOADER) as connection:
        record_id, content, sealed = connection.execute(
            "select record_id, replace(content_hash::text, '-', ''), family_name "
            "from identity.patients where source_system = %s",
            (SOURCE,),
        ).fetchone()
    place = f"identity.patients|family_name|{record_id}.{content}"
    assert keyring.decrypt(sealed, place) == CANARY


def test_a_patient_is_found_by_the_keyed_hash_of_a_prefix(
    report: LoadReport, installation: Settings
):
    assert report
    for kind, term, found in (
        ("prefix", "qan", 1),
        ("prefix", "qar", 0),
        ("number", "mrn77331155", 1),
        ("birth_date", "1970-01-02", 1),
    ):
        assert found_by(installation, kind, term) == found, (kind, term)


def test_who_is_renamed_is_found_by_both_names_and_who_is_new_by_theirs(
    report: LoadReport, installation: Settings, tmp_path: Path
):
    assert report
    (tmp_path / "patients.csv").write_text(
        "source_patient_id,family_name,birth_date,sex\n"
        f"{PATIENT_ID},Reiher,1970-01-02,F\n"
        "MRN-77331156,Reiherin,1971-01-02,F\n"
    )
    load(installation, tmp_path, format_name="csv", source_system=SOURCE)

    for term, found in (("qan", 1), ("reiher", 2), ("reiherin", 1)):
        assert found_by(installation, "prefix", term) == found, term


def found_by(settings: Settings, kind: str, term: str) -> int:
    """Return how many patients of the source have a term."""
    keyring = load_keyring(settings.keys_folder)
    with connect(settings, Role.LOADER) as connection:
        (count,) = connection.execute(
            "select count(*) from identity.search_token inner join "
            "identity.patient_key using (patient_key) "
            "where source_system = %s and kind = %s and token = %s",
            (SOURCE, kind, keyring.search_token(kind, term)),
        ).fetchone()
    return count
