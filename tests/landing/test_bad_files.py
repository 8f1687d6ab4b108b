"""Bad files: each gets its verdict, none crashes a load, nothing is lost.

Every bad file is a source of its own in one installation, so no file sees another.
"""

import os
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest

from pipelines.access.encryption import load_keyring
from pipelines.database.connections import connect
from pipelines.database.roles import Role
from pipelines.landing.archive import Archive
from pipelines.landing.discovery import DeliveryError
from pipelines.landing.loading import load
from pipelines.landing.quarantine import waiting_rows
from pipelines.landing.report import LoadReport
from pipelines.settings import Settings
from tests.conftest import running_installation
from tests.landing.bad_files import encodings, line_ends, tables, values
from tests.landing.bad_files.bad_file import FILE_WHOLE, GOOD, BadFile

BAD_FILES = (
    *encodings.BAD_FILES,
    *line_ends.BAD_FILES,
    *tables.BAD_FILES,
    *values.BAD_FILES,
)
Reports = Callable[[BadFile], LoadReport]
every_bad_file = pytest.mark.parametrize("bad", BAD_FILES, ids=lambda bad: bad.name)


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    yield from running_installation(tmp_path_factory.mktemp("bad_files"))


@pytest.fixture(scope="module")
def reports(
    installation: Settings, tmp_path_factory: pytest.TempPathFactory
) -> Reports:
    """Load each bad file once, as a source named after it."""
    folder = tmp_path_factory.mktemp("deliveries")

    @cache
    def report_by_name(name: str) -> LoadReport:
        bad = next(each for each in BAD_FILES if each.name == name)
        path = folder / name / bad.file_name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(bad.content)
        return load(installation, path, format_name=bad.format_name, source_system=name)

    return lambda bad: report_by_name(bad.name)


def test_there_are_at_least_thirty_bad_files_with_names_of_their_own():
    names = {bad.name for bad in BAD_FILES}
    assert len(names) == len(BAD_FILES) >= 30


@every_bad_file
def test_every_record_of_a_bad_file_is_counted(bad: BadFile, reports: Reports):
    (counts,) = reports(bad).files.values()
    counted = (counts.records, counts.mapped, counts.excluded, counts.refused)
    refused_whole = (counts.records, 0, 0, counts.records)
    assert counted == (bad.file or refused_whole), bad.verdict
    assert counts.records > 0 or bad.file


@every_bad_file
def test_every_row_of_a_bad_file_is_counted(bad: BadFile, reports: Reports):
    feeds = [
        (counts.made, counts.landed, counts.unchanged, counts.refused)
        for counts in reports(bad).feeds.values()
    ]
    assert feeds == ([bad.feed] if bad.feed else []), bad.verdict


@every_bad_file
def test_what_was_refused_is_found_under_its_line_with_its_reason(
    bad: BadFile, reports: Reports, installation: Settings
):
    reports(bad)
    found = {row["line_number"]: row for row in refused_rows(installation, bad.name)}
    assert set(found) == set(bad.quarantined), bad.verdict
    for number, words in bad.quarantined.items():
        row = found[number]
        assert words in f"{row['rules']} {row['reason']}", bad.verdict
        if number != FILE_WHOLE:
            original = original_line(bad, number)
            assert original.startswith(row["original_text"])


def original_line(bad: BadFile, number: int) -> str:
    text = bad.content.decode("utf-8", "backslashreplace")
    return text.split("\n", maxsplit=number - 1)[number - 1]


@every_bad_file
def test_quarantine_stands_for_every_refused_record_and_row(
    bad: BadFile, reports: Reports, installation: Settings
):
    report = reports(bad)
    refused = sum(counts.refused for counts in report.files.values())
    refused += sum(counts.refused for counts in report.feeds.values())
    waiting = sum(row["records"] for row in refused_rows(installation, bad.name))
    assert waiting == refused


@every_bad_file
def test_what_landed_is_in_the_warehouse_as_delivered(
    bad: BadFile, reports: Reports, installation: Settings
):
    landed = landed_values(installation, bad.name)
    report = reports(bad)
    assert len(landed) == sum(counts.landed for counts in report.feeds.values())
    if bad.values is not None:
        assert tuple(landed) == bad.values


@every_bad_file
def test_the_bytes_of_a_bad_file_are_kept(
    bad: BadFile, reports: Reports, installation: Settings
):
    archive = Archive(
        installation.archive_folder, load_keyring(installation.keys_folder)
    )
    with connect(installation, Role.LOADER) as connection:
        (address,) = connection.execute(
            "select archive_address from raw.delivery_file where delivery_id = %s",
            (reports(bad).delivery_id,),
        ).fetchone()
    assert b"".join(archive.read(address)) == bad.content


def refused_rows(installation: Settings, source: str) -> list[dict[str, object]]:
    keyring = load_keyring(installation.keys_folder)
    with connect(installation, Role.LOADER) as connection:
        rows = waiting_rows(connection, keyring, limit=1_000)
    return [row for row in rows if row["source_system"] == source]


def landed_values(installation: Settings, source: str) -> list[str]:
    with connect(installation, Role.LOADER) as connection:
        found = connection.execute(
            "select value_text from raw.lab_results where source_system = %s "
            "order by record_id",
            (source,),
        )
        return [value for (value,) in found]


def test_a_bad_file_beside_good_ones_does_not_stop_them(
    installation: Settings, tmp_path: Path
):
    (tmp_path / "lab_results-monday.csv").write_bytes(GOOD.decode().encode("utf-16"))
    (tmp_path / "lab_results-tuesday.csv").write_bytes(GOOD)
    report = load(installation, tmp_path, format_name="csv", source_system="beside")
    assert report.feeds["lab_results"].landed == 4
    assert report.files["lab_results-monday"].refused == 4


def test_a_bad_file_delivered_again_refuses_no_second_time(
    installation: Settings, tmp_path: Path
):
    path = tmp_path / "lab_results.csv"
    path.write_bytes(GOOD + b"R9,P1\n")
    for _ in range(2):
        report = load(installation, path, format_name="csv", source_system="again")
    assert report.files["lab_results"].refused == 1
    assert report.feeds["lab_results"].unchanged == 4
    assert len(refused_rows(installation, "again")) == 1


def test_a_link_is_not_followed_out_of_the_delivery(
    installation: Settings, tmp_path: Path
):
    outside = tmp_path / "outside.csv"
    outside.write_bytes(GOOD)
    delivery = tmp_path / "delivery"
    delivery.mkdir()
    (delivery / "lab_results.csv").symlink_to(outside)
    with pytest.raises(DeliveryError, match=r"link|no file"):
        load(installation, delivery, format_name="csv", source_system="link")


def test_a_pipe_is_not_waited_for(installation: Settings, tmp_path: Path):
    os.mkfifo(tmp_path / "lab_results.csv")
    with pytest.raises(DeliveryError):
        load(installation, tmp_path, format_name="csv", source_system="pipe")
