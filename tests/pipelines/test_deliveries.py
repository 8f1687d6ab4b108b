"""When a delivery in the delivery folder is complete, and how often it is picked."""

import os
from pathlib import Path

import pytest

from pipelines.deliveries import (
    SETTLE_SECONDS,
    Found,
    Look,
    find_deliveries,
    pick_complete,
    read_looks,
    write_looks,
)

FIRST_LOOK = 1_000.0
LATER_LOOK = FIRST_LOOK + SETTLE_SECONDS


def write(path: Path, text: str = "a,b\n", changed_at: float = 500.0) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    os.utime(path, (changed_at, changed_at))
    return path


def pick(folder: Path, looks: dict[str, Look], now: float) -> list[str]:
    """Look once, remember it in ``looks``, and return the names of what is picked."""
    picked, remembered = pick_complete(find_deliveries(folder), looks, now)
    looks.clear()
    looks.update(read_looks(write_looks(remembered)))
    return [delivery.name for delivery in picked]


def test_a_delivery_is_picked_once_when_two_looks_found_it_the_same(
    tmp_path: Path,
) -> None:
    write(tmp_path / "csv/monday/patients.csv")
    looks: dict[str, Look] = {}

    assert pick(tmp_path, looks, FIRST_LOOK) == []
    assert pick(tmp_path, looks, LATER_LOOK - 1) == []
    assert pick(tmp_path, looks, LATER_LOOK) == ["csv/monday"]
    assert pick(tmp_path, looks, LATER_LOOK + 1) == []


def test_a_delivery_that_still_grows_is_not_picked(tmp_path: Path) -> None:
    looks: dict[str, Look] = {}
    write(tmp_path / "csv/monday/patients.csv", "a,b\n")
    pick(tmp_path, looks, FIRST_LOOK)
    write(tmp_path / "csv/monday/patients.csv", "a,b\n1,2\n")

    assert pick(tmp_path, looks, LATER_LOOK) == []
    assert pick(tmp_path, looks, LATER_LOOK + SETTLE_SECONDS) == ["csv/monday"]


@pytest.mark.parametrize("name", ["labs.csv.part", "labs.csv.filepart", "labs.tmp"])
def test_a_delivery_with_an_unfinished_file_is_never_picked(
    tmp_path: Path, name: str
) -> None:
    write(tmp_path / "csv/monday/patients.csv")
    write(tmp_path / "csv/monday" / name)
    write(tmp_path / "csv/monday/_COMPLETE", "")
    looks: dict[str, Look] = {}

    assert pick(tmp_path, looks, FIRST_LOOK) == []
    assert pick(tmp_path, looks, LATER_LOOK) == []


def test_a_marked_delivery_is_picked_at_the_first_look(tmp_path: Path) -> None:
    write(tmp_path / "csv/monday/patients.csv")
    write(tmp_path / "csv/monday/_COMPLETE", "")

    assert pick(tmp_path, {}, FIRST_LOOK) == ["csv/monday"]


def test_a_mark_that_comes_after_the_pick_does_not_pick_again(tmp_path: Path) -> None:
    write(tmp_path / "csv/monday/patients.csv")
    looks: dict[str, Look] = {}
    pick(tmp_path, looks, FIRST_LOOK)
    pick(tmp_path, looks, LATER_LOOK)
    write(tmp_path / "csv/monday/_COMPLETE", "")

    assert pick(tmp_path, looks, LATER_LOOK + SETTLE_SECONDS) == []


def test_a_folder_with_nothing_but_the_mark_is_no_delivery(tmp_path: Path) -> None:
    write(tmp_path / "csv/monday/_COMPLETE", "")

    assert pick(tmp_path, {}, FIRST_LOOK) == []


def test_deliveries_are_picked_in_order_of_arrival(tmp_path: Path) -> None:
    write(tmp_path / "csv/b/patients.csv", changed_at=100)
    write(tmp_path / "mimic/c/patients.csv", changed_at=50)
    write(tmp_path / "csv/a/patients.csv", changed_at=200)
    write(tmp_path / "csv/a/encounters.csv", changed_at=10)
    looks: dict[str, Look] = {}
    pick(tmp_path, looks, FIRST_LOOK)

    assert pick(tmp_path, looks, LATER_LOOK) == ["mimic/c", "csv/b", "csv/a"]


def test_a_delivery_that_changed_after_its_pick_is_picked_again(tmp_path: Path) -> None:
    patients = write(tmp_path / "csv/monday/patients.csv")
    looks: dict[str, Look] = {}
    pick(tmp_path, looks, FIRST_LOOK)
    pick(tmp_path, looks, LATER_LOOK)
    os.utime(patients, (600, 600))  # touched: same name, same size

    assert pick(tmp_path, looks, LATER_LOOK + 1) == []
    assert pick(tmp_path, looks, LATER_LOOK + 1 + SETTLE_SECONDS) == ["csv/monday"]


def test_a_single_file_is_a_delivery_too(tmp_path: Path) -> None:
    write(tmp_path / "csv/lab_results.csv")
    looks: dict[str, Look] = {}
    pick(tmp_path, looks, FIRST_LOOK)

    assert pick(tmp_path, looks, LATER_LOOK) == ["csv/lab_results.csv"]


def test_a_delivery_that_was_taken_away_is_forgotten(tmp_path: Path) -> None:
    patients = write(tmp_path / "csv/monday/patients.csv")
    looks: dict[str, Look] = {}
    pick(tmp_path, looks, FIRST_LOOK)
    patients.unlink()

    assert pick(tmp_path, looks, LATER_LOOK) == []
    assert looks == {}


@pytest.mark.parametrize(
    ("folder", "format_name", "source"),
    [
        ("csv", "csv", ""),
        ("csv@hospital", "csv", "hospital"),
        ("mimic@site-2.test", "mimic", "site-2.test"),
    ],
)
def test_a_folder_names_the_format_and_perhaps_the_source(
    tmp_path: Path, folder: str, format_name: str, source: str
) -> None:
    write(tmp_path / folder / "monday/patients.csv")

    (delivery,) = find_deliveries(tmp_path)

    assert (delivery.format, delivery.source) == (format_name, source)
    assert delivery.name == f"{folder}/monday"
    assert delivery.naming_problem is None


@pytest.mark.parametrize(
    "folder",
    [
        *("other", "operational", "csv@", "csv@Hospital", "csv@a:b", "csv@a b"),
        *("csv@operational", "csv@-a", "csv@" + "a" * 64, "csv@a@b"),
    ],
)
def test_a_folder_that_names_neither_is_told(folder: str) -> None:
    path = Path("deliveries") / Path(folder).name / "monday"

    found = Found(path, "", 0.0, is_marked_complete=True, is_unfinished=False)

    assert found.naming_problem
