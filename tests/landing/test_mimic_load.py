"""The MIMIC-IV demo through the database: counts, books, and the same again."""

import gzip
import shutil
from pathlib import Path

import pytest

from pipelines.landing.loading import load
from pipelines.landing.report import LoadReport
from pipelines.settings import Settings
from tests.landing.state import faults, refused_rows, unbalanced, versions

pytestmark = pytest.mark.shared_data


@pytest.fixture(scope="module")
def demo(shared_data: Path) -> Path:
    return shared_data / "mimic_iv_demo"


@pytest.fixture(scope="module")
def report(installation: Settings, demo: Path) -> LoadReport:
    return load(installation, demo, format_name="mimic")


@pytest.mark.parametrize(
    ("name", "records"),
    [
        ("labevents", 107_727),
        ("prescriptions", 18_087),
        ("patients", 100),
        ("admissions", 275),
        ("pharmacy", 15_306),
        ("microbiologyevents", 2_899),
        ("diagnoses_icd", 4_506),
    ],
)
def test_records_are_those_of_the_files(report: LoadReport, name: str, records: int):
    assert report.files[name].records == records


def test_every_line_of_the_report_adds_up(report: LoadReport):
    assert unbalanced(report) == []
    assert report.status == "landed"


def test_books_rows_and_quarantine_agree(report: LoadReport, installation: Settings):
    assert report.delivery_id
    assert faults(installation) == []


def test_every_refused_row_is_read_back_with_its_reason_and_line(
    report: LoadReport, installation: Settings, demo: Path
):
    refused = sum(each.refused for each in report.files.values())
    refused += sum(each.refused for each in report.feeds.values())
    found = refused_rows(installation, "mimic")
    assert sum(row["records"] for row in found) == refused
    for row in found:
        assert row["reason"]
        assert row["original_text"] == line_of(demo, row)


def line_of(demo: Path, row: dict[str, object]) -> str:
    (path,) = demo.rglob(f"{row['table_name']}.csv.gz")
    lines = gzip.decompress(path.read_bytes()).split(b"\n")
    return lines[row["line_number"] - 1].decode()


def test_a_second_run_changes_nothing(report: LoadReport, installation: Settings, demo):
    before = versions(installation, "mimic")
    again = load(installation, demo, format_name="mimic")
    assert unbalanced(again) == []
    assert {name: each.made for name, each in again.feeds.items()} == {
        name: each.made for name, each in report.feeds.items()
    }
    for each in again.feeds.values():
        assert each.unchanged == each.made - each.refused
    assert versions(installation, "mimic") == before


def test_the_same_rows_in_other_bytes_and_order_change_nothing(
    report: LoadReport, installation: Settings, demo: Path, tmp_path: Path
):
    before = versions(installation, "mimic")
    for name in ("hosp/labevents", "hosp/patients", "hosp/prescriptions"):
        content = gzip.decompress((demo / f"{name}.csv.gz").read_bytes())
        header, *lines = content.splitlines(keepends=True)
        target = tmp_path / f"{Path(name).name}.csv"
        target.write_bytes(b"".join([header, *reversed(lines)]))
    shutil.copy(demo / "hosp" / "admissions.csv.gz", tmp_path)
    again = load(installation, tmp_path, format_name="mimic")
    labs = again.feeds["lab_results"]
    assert (labs.landed, labs.refused) == (0, report.files["labevents"].refused)
    assert {each.landed for each in again.feeds.values()} == {0}
    assert versions(installation, "mimic") == before
    assert faults(installation) == []
