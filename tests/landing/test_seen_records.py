"""Which record ids came before: never one overlooked, few looked up in vain."""

import polars as pl
import pytest

from pipelines.landing import seen_records
from pipelines.landing.seen_records import SeenRecords

BATCH = 100
SMALLEST, LIMIT = 1 << 13, 1 << 19


@pytest.fixture(autouse=True)
def small_filters(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seen_records, "FEWEST_SLOTS", SMALLEST)
    monkeypatch.setattr(seen_records, "MOST_SLOTS", LIMIT)


def ids(first: int) -> pl.Series:
    return pl.Series([f"record-{number}" for number in range(first, first + BATCH)])


def test_no_record_is_overlooked_however_many_came_since() -> None:
    seen = SeenRecords()
    for first in range(0, 60 * BATCH, BATCH):
        seen.may_have_seen(ids(first))

    assert all(seen.may_have_seen(ids(n)).all() for n in range(0, 60 * BATCH, BATCH))


def test_of_new_records_few_may_have_come_before() -> None:
    seen = SeenRecords()

    doubtful = [seen.may_have_seen(ids(n)).sum() for n in range(0, 60 * BATCH, BATCH)]

    assert doubtful[0] == 0
    assert sum(doubtful) < 60 * BATCH // 50


def test_a_record_twice_among_the_same_rows_did_not_come_before() -> None:
    seen = SeenRecords()

    assert not seen.may_have_seen(pl.Series(["one", "two", "one"])).any()
    assert seen.may_have_seen(pl.Series(["two", "three"])).to_list() == [True, False]


@pytest.mark.parametrize(
    ("batches", "filters"),
    [(2, [SMALLEST]), (3, [SMALLEST, 1 << 16]), (22, [SMALLEST, 1 << 16])]
    + [(n, [SMALLEST, 1 << 16, LIMIT]) for n in (23, 400)],
)
def test_memory_begins_small_and_grows_to_its_limit(
    batches: int, filters: list[int]
) -> None:
    seen = SeenRecords()
    for number in range(batches):
        seen.may_have_seen(ids(number * BATCH))

    assert [len(each) for each in seen._filters] == filters  # noqa: SLF001 - its memory
