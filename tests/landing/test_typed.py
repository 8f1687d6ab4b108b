"""Text becomes a value of its type, or refuses its row."""

from datetime import UTC, date, datetime

import polars as pl
import pytest

from pipelines.feeds.contract import Column, ColumnType, Feed
from pipelines.landing.typed import read_typed


def read(kind: ColumnType, *values: str | None, zone: str = "UTC") -> list[object]:
    """Return each value as read, and "unreadable" where its row is refused."""
    feed = Feed("f", "", (Column("v", kind, ""),), ("v",), None, has_patient=False)
    text = pl.DataFrame(
        {"record_id": None, "v": list(values), "source_updated_at": None}
        | {"is_deleted": None},
        schema=dict.fromkeys(feed.delivered_columns, pl.String),
    )
    typed = read_typed(feed, text, zone)
    refused = typed.unreadable.to_list()
    return [
        "unreadable" if name else value
        for value, name in zip(typed.frame["v"].to_list(), refused, strict=True)
    ]


def at(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)


def test_every_spelling_of_an_instant_is_the_same_instant():
    spellings = [
        "2026-02-01T07:40:00Z",
        "2026-02-01 07:40:00",
        "2026-02-01T08:40:00+01:00",
        "2026-02-01T07:40:00",
        "2026-02-01T07:40:00.000Z",
        "2026-02-01T08:40:00.000+01:00",
        "2026-02-01 07:40:00.000",
        "2026-02-01 07:40",
        "2026-02-01T07:40",
        "2026-02-01 08:40:00+01:00",
        "2026-02-01T07:40Z",
        "2026-02-01T08:40+01:00",
    ]
    assert read(ColumnType.TIMESTAMP, *spellings) == [at(2026, 2, 1, 7, 40)] * 12
    for each in spellings:  # whichever comes first
        assert read(ColumnType.TIMESTAMP, each) == [at(2026, 2, 1, 7, 40)]


def test_a_time_without_a_zone_is_one_of_the_source():
    (read_in_berlin,) = read(
        ColumnType.TIMESTAMP, "2026-07-01 12:00:00", zone="Europe/Berlin"
    )
    assert read_in_berlin == at(2026, 7, 1, 10)


def test_the_hour_that_comes_twice_is_the_first_and_the_skipped_one_is_refused():
    twice, skipped = "2026-10-25 02:30:00", "2026-03-29 02:30:00"
    found = read(ColumnType.TIMESTAMP, twice, skipped, zone="Europe/Berlin")
    assert found == [at(2026, 10, 25, 0, 30), "unreadable"]


def test_a_day_alone_is_its_beginning():
    assert read(ColumnType.TIMESTAMP, "2024-02-29") == [at(2024, 2, 29)]


@pytest.mark.parametrize(
    "text",
    [
        "2025-02-29",
        "2026-02-01 24:00:00",
        "2026-02-01T25:00:00Z",
        "02/01/2026",
        "2026-13-01",
        "0000-01-01",
        "-0001-01-01",
        "10000-01-01",
        "9999-12-31T23:59:59-02:00",
        "0001-01-01T00:00:00+02:00",
        "today",
    ],
)
def test_what_is_no_instant_is_refused(text: str):
    assert read(ColumnType.TIMESTAMP, text, "2026-02-01T07:40:00Z") == [
        "unreadable",
        at(2026, 2, 1, 7, 40),
    ]


def test_a_date_is_a_day_that_exists():
    found = read(ColumnType.DATE, "2024-02-29", "2025-02-29", "0000-01-01", None)
    assert found == [date(2024, 2, 29), "unreadable", "unreadable", None]


@pytest.mark.parametrize(
    "text",
    [
        *("NaN", "inf", "1e400", "1e-400", "1e-20000", "4,1", "1_000", "0x1F", "4.1 "),
        "0." + "0" * 20_000 + "1",
    ],
)
def test_what_postgresql_does_not_take_for_a_number_is_refused(text: str):
    assert read(ColumnType.DECIMAL, text, "4.1") == ["unreadable", 4.1]


def test_numbers_are_read_in_every_spelling():
    found = read(ColumnType.DECIMAL, "4", "+4.0", "-.5", "4.", "4e2", "0", "00.0")
    assert found == [4, 4, -0.5, 4, 400, 0, 0]


def test_whole_numbers_are_whole_and_fit():
    found = read(ColumnType.INTEGER, "4", "4.0", "9223372036854775808", "-1")
    assert found == [4, "unreadable", "unreadable", -1]


def test_truth_has_few_words():
    found = read(ColumnType.BOOLEAN, "true", "F", "1", "No", "maybe", None)
    assert found == [True, False, True, False, "unreadable", None]
