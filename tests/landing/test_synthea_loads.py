"""Synthea's CSV of every version through the database: counts and verdicts."""

from collections.abc import Callable
from functools import cache
from pathlib import Path

import polars as pl
import pytest

from pipelines.landing.loading import load
from pipelines.landing.report import LoadReport
from pipelines.settings import Settings
from tests.landing.state import faults, refused_rows, unbalanced, versions

pytestmark = pytest.mark.shared_data

FOLDERS = (
    "synthea_2017_285_patients",
    "synthea_2022_59_patients",
    "synthea_2024_11_patients_all_tables",
    "synthea_2024_42_patients",
    "flattened_2019_615_patients",
)
Reports = Callable[[str], LoadReport]


@pytest.fixture(scope="module")
def reports(installation: Settings, shared_data: Path) -> Reports:
    @cache
    def report_of(folder: str) -> LoadReport:
        path = shared_data / "synthea_csv" / folder
        return load(installation, path, format_name="synthea", source_system=folder)

    return report_of


@pytest.mark.parametrize("folder", FOLDERS)
def test_records_are_the_rows_of_the_files(
    folder: str, reports: Reports, shared_data: Path
):
    report = reports(folder)
    for path in (shared_data / "synthea_csv" / folder).rglob("*.csv*"):
        name = path.name.removesuffix(".gz").removesuffix(".csv")
        assert report.files[name].records == rows_of(path), name
    assert report.status == "landed"
    assert unbalanced(report) == []


def rows_of(path: Path) -> int:
    """Return how many records polars counts, ragged ones among them."""
    try:
        frame = pl.read_csv(path, infer_schema=False, truncate_ragged_lines=True)
    except pl.exceptions.NoDataError:
        return 0
    return frame.height


def test_the_malformed_records_of_2024_have_their_verdict(
    reports: Reports, installation: Settings
):
    """Either file also ends without a line end, so its last record may be cut."""
    report = reports("synthea_2024_42_patients")
    malformed = {
        (row["table_name"], row["line_number"]): row["reason"]
        for row in refused_rows(installation, "synthea_2024_42_patients")
        if row["table_name"] in {"claims", "encounters"} and row["rules"] == "record"
    }
    may_be_cut = "the last line has no line end and may be cut short"
    assert malformed == {
        ("claims", 3104): "has 57 fields where the header has 31",
        ("claims", 3115): may_be_cut,
        ("encounters", 1394): "has 16 fields where the header has 15",
        ("encounters", 1404): may_be_cut,
    }
    assert report.files["claims"].refused == 2
    assert report.files["encounters"].refused == 2


def test_empty_files_of_2024_are_told_to_be_empty(reports: Reports):
    report = reports("synthea_2024_42_patients")
    for name in ("organizations", "payers", "providers"):
        assert report.files[name].verdict == "empty"


def test_procedures_alike_in_every_column_are_one_fact(reports: Reports):
    procedures = reports("synthea_2022_59_patients").feeds["procedures"]
    assert procedures.unchanged == 627


def test_answers_that_tell_the_address_land_in_no_clinical_feed(reports: Reports):
    report = reports("synthea_2022_59_patients")
    assert report.feeds["identity_statements"].made == 359


@pytest.mark.parametrize("folder", FOLDERS)
def test_a_second_run_changes_nothing(
    folder: str, reports: Reports, installation: Settings, shared_data: Path
):
    reports(folder)
    before = versions(installation, folder)
    path = shared_data / "synthea_csv" / folder
    again = load(installation, path, format_name="synthea", source_system=folder)
    assert {each.landed for each in again.feeds.values()} == {0}
    assert versions(installation, folder) == before


def test_books_rows_and_quarantine_agree(reports: Reports, installation: Settings):
    for folder in FOLDERS:
        reports(folder)
    assert faults(installation) == []
