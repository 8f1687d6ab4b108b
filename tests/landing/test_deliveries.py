"""Deliveries as a whole: held, tried, taken twice at once, with odd files in them."""

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from pipelines.database.connections import connect
from pipelines.database.roles import Role
from pipelines.landing import source_files
from pipelines.landing.loading import load
from pipelines.landing.report import LoadReport
from pipelines.settings import Settings
from tests.landing.state import faults, refused_rows, unbalanced, versions

HEADER = "record_id,source_patient_id,test_code,value_text,value_number,collected_at"


def line(number: int, value: str = "4.1", at: str = "2026-02-01") -> str:
    return f"R{number},P{number},2823-3,4.1,{value},{at}"


def write(path: Path, *lines: str, header: str = HEADER) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join([header, *lines, ""]))
    return path


def load_csv(settings: Settings, path: Path, source: str, **options) -> LoadReport:
    return load(settings, path, format_name="csv", source_system=source, **options)


def mostly_bad(path: Path) -> Path:
    lines = [line(number, "NaN" if number % 3 else "4.1") for number in range(60)]
    return write(path, *lines)


def test_a_delivery_of_which_most_is_refused_is_held_whole(
    installation: Settings, tmp_path: Path
):
    mostly_bad(tmp_path / "lab_results.csv")
    write(tmp_path / "organizations.csv", "O1,North", header="record_id,name")
    report = load_csv(installation, tmp_path, "held")
    assert report.status == "held"
    assert "40 of 60 rows" in report.held_because
    assert not versions(installation, "held")
    assert {name: each.refused for name, each in report.files.items()} == {
        "lab_results": 60,
        "organizations": 1,
    }
    waiting = refused_rows(installation, "held")
    assert {row["table_name"]: row["records"] for row in waiting} == {
        "lab_results": 60,
        "organizations": 1,
    }
    assert unbalanced(report) == []
    assert faults(installation) == []


def test_a_held_delivery_lands_once_its_fault_is_mended(
    installation: Settings, tmp_path: Path
):
    path = mostly_bad(tmp_path / "lab_results.csv")
    assert load_csv(installation, path, "mended").status == "held"
    assert load_csv(installation, path, "mended").status == "held"
    write(path, *(line(number) for number in range(60)))
    report = load_csv(installation, path, "mended")
    assert (report.status, report.feeds["lab_results"].landed) == ("landed", 60)
    assert faults(installation) == []


def test_a_file_that_was_held_lands_as_it_is_beside_enough_good_ones(
    installation: Settings, tmp_path: Path
):
    path = mostly_bad(tmp_path / "lab_results-1.csv")
    assert load_csv(installation, path, "joined").status == "held"
    write(tmp_path / "lab_results-2.csv", *(line(n) for n in range(100, 200)))
    report = load_csv(installation, tmp_path, "joined")
    assert (report.status, report.feeds["lab_results"].landed) == ("landed", 120)


def everything(settings: Settings) -> list[tuple[object, ...]]:
    tables = (
        "raw.delivery_file",
        "raw.touched_patients",
        "raw.source",
        "raw.lab_results",
        "quarantine.row",
        "quality.suite_result",
        "identity.patient_key",
    )
    with connect(settings, Role.OWNER) as connection:
        return [
            connection.execute(f"select count(*) from {table}").fetchone()  # noqa: S608
            for table in tables
        ]


def test_a_dry_run_tells_everything_and_keeps_nothing(
    installation: Settings, tmp_path: Path
):
    path = write(tmp_path / "lab_results.csv", line(1), line(2, "NaN"), "R3,P3")
    before = everything(installation), set(installation.archive_folder.rglob("*"))
    report = load_csv(installation, path, "tried", is_dry_run=True)
    after = everything(installation), set(installation.archive_folder.rglob("*"))
    assert after == before
    assert (report.status, report.delivery_id) == ("dry run", None)
    landed = load_csv(installation, path, "tried")
    assert report.as_json()["files"] == landed.as_json()["files"]
    assert report.as_json()["feeds"] == landed.as_json()["feeds"]


def test_two_loads_of_one_source_at_once_land_every_fact_once(
    installation: Settings, tmp_path: Path
):
    # The source is known: entering a new one would make the second load wait anyway.
    load_csv(installation, write(tmp_path / "lab_results.csv", line(-1)), "twice")
    for name in ("one", "two"):
        facts = (line(number) for number in range(20_000))
        write(tmp_path / name / "lab_results.csv", *facts, line(-1), line(-1, name[0]))
    with ThreadPoolExecutor(2) as pool:
        reports = pool.map(
            lambda name: load_csv(installation, tmp_path / name, "twice"),
            ("one", "two"),
        )
        landed = sum(each.feeds["lab_results"].landed for each in reports)
    assert landed == 20_000
    assert versions(installation, "twice").total() == 20_001
    assert faults(installation) == []


def test_links_pipes_and_broken_links_are_named_and_not_opened(
    installation: Settings, tmp_path: Path
):
    outside = write(tmp_path / "outside" / "lab_results.csv", line(1))
    delivery = tmp_path / "delivery"
    write(delivery / "lab_results.csv", line(2))
    (delivery / "patients.csv").symlink_to(outside)
    (delivery / "encounters.csv").symlink_to(tmp_path / "nowhere")
    (delivery / "folder").symlink_to(outside.parent)
    os.mkfifo(delivery / "conditions.csv")
    report = load_csv(installation, delivery, "odd")
    assert report.files["patients"].problem.startswith("a link")
    not_opened = {"patients", "encounters", "folder", "conditions"}
    for name in not_opened:
        assert report.files[name].verdict == "not opened"
        assert any(each.startswith(f"{name} (") for each in report.unknown_files)
    assert versions(installation, "odd").total() == 1
    assert faults(installation) == []


def test_a_file_that_cannot_be_read_has_its_verdict_and_stops_no_other(
    installation: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    write(tmp_path / "lab_results-1.csv", line(1))
    write(tmp_path / "lab_results-2.csv", line(2))
    opened = source_files.open_regular

    def refuse(path: Path):
        if path.name == "lab_results-1.csv":
            raise PermissionError(13, "Permission denied")
        return opened(path)

    monkeypatch.setattr(source_files, "open_regular", refuse)
    report = load_csv(installation, tmp_path, "unreadable")
    counts = report.files["lab_results-1"]
    assert (counts.verdict, counts.records) == ("not opened", 0)
    assert counts.problem == "cannot be read (Permission denied)"
    assert report.feeds["lab_results"].landed == 1


def test_columns_that_the_table_does_not_know_are_named(
    installation: Settings, tmp_path: Path
):
    header = f"{HEADER},rack_number,Canary-1"
    path = write(tmp_path / "lab_results.csv", f"{line(1)},7,8", header=header)
    report = load_csv(installation, path, "unknown columns")
    assert report.files["lab_results"].problem == (
        "columns not known and not taken: rack_number, 1 more"
    )
    assert report.feeds["lab_results"].landed == 1


def test_a_refused_event_does_not_move_the_sources_last_event(
    installation: Settings, tmp_path: Path
):
    lines = (line(1), line(2, at="1850-01-01"), line(3, "NaN", at="2026-02-09"))
    write(tmp_path / "lab_results-1.csv", *lines)
    write(tmp_path / "lab_results-2.csv", line(4, at="2026-01-01"))
    load_csv(installation, tmp_path, "events")
    with connect(installation, Role.OWNER) as connection:
        (last,) = connection.execute(
            "select last_event_at::date::text from raw.source "
            "where source_system = 'events'"
        ).fetchone()
    assert last == "2026-02-01"
