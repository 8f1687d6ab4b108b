"""Loads of one feed day by day, drawn from clean records, and faults planted in them.

Each load holds rows of real or simulated records, drawn anew with their times moved to
the day before; weekends are quieter. Nothing of it needs a database: a load is measured
and judged as when it lands.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl

from expectations.results import State
from expectations.series.judging import Load, judge_load
from expectations.series.measured import Kind
from expectations.series.measuring import measure
from expectations.series.sample import Sample
from pipelines.feeds.catalogue import FEEDS
from pipelines.landing.landing_rows import with_all_columns
from pipelines.landing.typed import read_typed

BEGAN = datetime(2026, 1, 5, 2, 0, tzinfo=UTC)  # a Monday night
ROWS_OF_A_DAY = 4_000
OF_WEEKENDS = 0.5
FIRST_FAULTY = 42  # loads before it are clean
LOADS = 62

Plant = Callable[[pl.DataFrame, int, np.random.Generator], pl.DataFrame]


@dataclass(frozen=True)
class DriftFault:
    """A fault of some loads of a feed, and the kind of chart that must find it.

    ``plant`` gets the load and how many faulty ones were before it.
    """

    name: str
    told: str
    feed: str
    origin: str
    kind: Kind
    plant: Plant
    lasts: int = LOADS - FIRST_FAULTY


def as_typed(feed: str, texts: pl.DataFrame) -> pl.DataFrame:
    """Return delivered texts of a feed as what a load is judged by."""
    whole = with_all_columns(FEEDS[feed], texts.with_row_index("line_number"))
    return read_typed(FEEDS[feed], whole, "UTC").frame


def clean_loads(feed: str, rows: pl.DataFrame, seed: int) -> list[pl.DataFrame]:
    """Return the loads of a feed, all clean."""
    random = np.random.default_rng(seed)
    event_at = str(FEEDS[feed].event_at)
    return [_load_of(rows, event_at, day, random) for day in range(LOADS)]


def _load_of(
    rows: pl.DataFrame, event_at: str, day: int, random: np.random.Generator
) -> pl.DataFrame:
    usual = ROWS_OF_A_DAY * (OF_WEEKENDS if _received(day).weekday() >= 5 else 1)
    count = max(1, int(random.normal(usual, usual * 0.08)))
    drawn = rows[random.integers(0, rows.height, count).tolist()]
    minutes = random.integers(0, 24 * 60, count)
    began = _received(day) - timedelta(hours=26)
    times = pl.Series(minutes).cast(pl.Duration("us")) * 60_000_000 + began
    return drawn.with_columns(times.dt.cast_time_unit("us").alias(event_at))


def _received(day: int) -> datetime:
    return BEGAN + timedelta(days=day)


def faulty_loads(
    fault: DriftFault, clean: list[pl.DataFrame], seed: int
) -> list[pl.DataFrame]:
    """Return the loads with the fault in some of them."""
    random = np.random.default_rng(seed)
    last = FIRST_FAULTY + fault.lasts
    return [
        fault.plant(load, day - FIRST_FAULTY + 1, random)
        if FIRST_FAULTY <= day < last
        else load
        for day, load in enumerate(clean)
    ]


def failures(feed: str, loads: list[pl.DataFrame]) -> dict[int, set[Kind]]:
    """Return which charts fail at which load, from the first faulty one on."""
    before: list[Load] = []
    failed = {}
    for day, rows in enumerate(loads):
        sample = Sample()
        sample.add(rows)
        received = _received(day)
        measured = measure(feed, sample, FEEDS[feed].event_at, received)
        load = Load(received, measured)
        if day >= FIRST_FAULTY:
            found = judge_load(before, load)
            failed[day] = {each.kind for each in found if each.state is State.FAILED}
        before.append(load)
    return failed
