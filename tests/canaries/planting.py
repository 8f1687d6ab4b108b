"""Deliveries of canaries, made from the contracts of the feeds.

A row has one canary beside the examples of its feed, so that a rule which refuses one
value does not keep the others from landing; as many plain rows keep a delivery from
being held.
"""

import csv
from collections.abc import Iterable, Iterator
from pathlib import Path

from pipelines.feeds.catalogue import DELIVERED, FEEDS
from pipelines.feeds.contract import Feed
from pipelines.sources.csv_feeds.template import describe
from tests.canaries.ledger import Kind, Ledger, plantable

Row = dict[str, str]
PATIENT = "source_patient_id"
GOOD, REFUSED, HELD, BROKEN = "landed", "refused", "held", "unreadable"
# Rows of which a person has one at most; whoever is merged has no chart any more.
ONCE = ("patients", "patient_links")
TIME, NO_TIME = "2026-02-01T09:00:00Z", "2026-13-45 25:61"
FORMATS = {
    "utf_16": lambda text: text.encode("utf-16"),
    "not_utf_8": lambda text: text.encode().replace(b"\n", b"\xff\n"),
    "nul": lambda text: text.encode().replace(b",", b",\x00"),
    "open_quote": lambda text: text.replace("\n", '\n"', 1).encode(),
    "another_header": lambda text: f"q,{text}".encode(),
    "cut": lambda text: text[:-9].encode(),
}


def patients_of(ledger: Ledger, path: str, count: int = 3) -> list[str]:
    """Return patient numbers that are canaries themselves."""
    return [ledger.word(PATIENT, Kind.IDENTIFYING, path) for _ in range(count)]


def write(folder: Path, feed: str, rows: list[Row]) -> Path:
    """Write one feed's file."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{feed}.csv"
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return path


def example_of(feed: Feed) -> Row:
    """Return the example row of a feed's template."""
    return {column.name: column.example for column in describe(feed.name)}


def rows_of(
    feed: Feed, ledger: Ledger, patients: list[str], path: str
) -> Iterator[Row]:
    """Yield for each column a row that has a canary there, and a row without any.

    The patients themselves are people, too: without them there is no chart to open.
    """
    example = example_of(feed)
    has_patient = feed.has_patient
    if feed.name == "patients":
        for place, each in enumerate(patients):
            who = {PATIENT: each, "record_id": f"{path}-patient-{place}"}
            yield example | who
    for number, column in enumerate(plantable(feed)):
        if feed.name in ONCE:
            patients = patients_of(ledger, path, count=1)
        patient = (
            {PATIENT: patients[number % len(patients)]} if feed.has_patient else {}
        )
        row = example | patient | {"record_id": f"{path}-{feed.name}-{number}"}
        planted = ledger.of(feed, column, path, patient.get(PATIENT, ""))
        yield row | {column.name: planted}
        plain = {PATIENT: f"P{number}"} if has_patient else {}
        yield example | plain | {"record_id": f"{path}-{feed.name}-plain{number}"}


def write_good(folder: Path, ledger: Ledger, patients: list[str]) -> Path:
    """Write every feed that files may hold, with a canary in each of its columns."""
    for feed in DELIVERED.values():
        write(folder, feed.name, list(rows_of(feed, ledger, patients, GOOD)))
    odd = ledger.word("a file of no feed", Kind.IDENTIFYING, GOOD)
    write(folder, "odd_table", [{"who": odd, "what": odd}])
    return folder


def spoilt(feed: Feed, ledger: Ledger, patients: list[str], path: str) -> Iterator[Row]:
    """Yield rows full of canaries that cannot land: times and numbers are none."""
    typed = [column for column in feed.columns if column not in plantable(feed)]
    row = example_of(feed) | {"record_id": f"{path}-{feed.name}"}
    row |= {PATIENT: patients[0]} if feed.has_patient else {}
    row |= {c.name: ledger.of(feed, c, path) for c in plantable(feed)}
    for column in typed:
        unreadable = ledger.word(f"{feed.name}.{column.name}", Kind.CLINICAL, path)
        yield row | {column.name: unreadable}
    yield row | {"source_updated_at": NO_TIME, "record_id": f"{path}-{feed.name}-time"}


def write_spoilt(folder: Path, ledger: Ledger, patients: list[str]) -> Path:
    """Write rows that are refused, among twice as many plain ones."""
    for feed in DELIVERED.values():
        bad = list(spoilt(feed, ledger, patients, REFUSED))
        write(folder, feed.name, [*bad, *_plain(feed, 2 * len(bad) + 2)])
    return folder


def write_held(folder: Path, ledger: Ledger, patients: list[str]) -> Path:
    """Write a delivery of which more is refused than landed."""
    for feed in (DELIVERED["lab_results"], DELIVERED["conditions"]):
        bad = list(spoilt(feed, ledger, patients, HELD))
        many = [
            row | {"record_id": f"{row['record_id']}-{number}"}
            for number in range(40)
            for row in bad
        ]
        write(folder, feed.name, many)
    return folder


def write_broken(
    folder: Path, ledger: Ledger, patients: list[str]
) -> dict[Path, list[Row]]:
    """Write files that cannot be read as tables; return their rows by folder."""
    feeds = (DELIVERED["lab_results"], DELIVERED["patients"], DELIVERED["notes"])
    written = {}
    for (name, spoil), feed in zip(FORMATS.items(), (*feeds, *feeds), strict=True):
        rows = list(rows_of(feed, ledger, patients, f"{BROKEN} {name}"))
        path = write(folder / name, feed.name, rows)
        path.write_bytes(spoil(path.read_text()))
        written[path.parent] = rows
    return written


def write_history(folder: Path, ledger: Ledger, patients: list[str]) -> Path:
    """Write what the record is filled with: also what no file may hold."""
    for feed in FEEDS.values():
        rows = [
            row | {"source_updated_at": TIME, "is_deleted": "false"}
            for row in _history_of(feed, ledger, patients)
        ]
        write(folder, feed.name, rows)
    return folder


def _history_of(feed: Feed, ledger: Ledger, patients: list[str]) -> Iterator[Row]:
    if feed.name in DELIVERED:
        yield from _only_planted(rows_of(feed, ledger, patients, "recorded"))
        return
    row = {column.name: column.example for column in feed.columns}
    row |= {PATIENT: patients[0]} if feed.has_patient else {}
    for number, column in enumerate(plantable(feed)):
        whose = row.get(PATIENT, "")
        planted = {column.name: ledger.of(feed, column, "recorded", whose)}
        yield row | planted | {"record_id": f"recorded-{feed.name}-{number}"}


def _only_planted(rows: Iterable[Row]) -> Iterator[Row]:
    return (row for row in rows if "-plain" not in row["record_id"])


def _plain(feed: Feed, count: int) -> Iterator[Row]:
    for number in range(count):
        patient = {PATIENT: f"P{number}"} if feed.has_patient else {}
        yield example_of(feed) | patient | {"record_id": f"plain-{feed.name}-{number}"}
