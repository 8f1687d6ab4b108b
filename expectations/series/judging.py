"""Judging a load of a feed by the loads of its source before it, kind by kind."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import median

from expectations.results import State
from expectations.series.charts import LEAST_LOADS, WINDOW, Judged, Point, judge
from expectations.series.measured import Kind, Measured, Measurements
from expectations.series.measuring import ROWS

# A load so many times as large as most is another kind: the first, or one caught up.
TIMES_AS_LARGE = 10


@dataclass(frozen=True)
class Load:
    """What was measured of one feed in one load, and when that was received."""

    received_at: datetime
    measured: Measurements

    @property
    def row_count(self) -> float:
        """Return how many rows it had."""
        return self.measured[Kind.ROWS][ROWS].value


@dataclass(frozen=True)
class SeriesFound:
    """What one kind of measurement of one load shows.

    ``applicable_count`` numbers were judged, ``broken_count`` of them are out of their
    limits; ``worst_name`` is the one that is farthest, ``worst`` how far, where 1 is
    the limit.
    """

    kind: Kind
    rows_count: int
    applicable_count: int = 0
    broken_count: int = 0
    worst_name: str = ""
    worst: float = 0.0

    @property
    def state(self) -> State:
        """Return whether the load keeps to the loads before it."""
        if not self.applicable_count:
            return State.NOT_APPLICABLE
        return State.FAILED if self.broken_count else State.PASSED


def judge_load(before: Sequence[Load], load: Load) -> list[SeriesFound]:
    """Judge a load by those before it, the oldest first; one result per kind."""
    alike = _alike(before[-WINDOW:])
    return [_judge_kind(kind, alike, load) for kind in load.measured]


def _alike(loads: Sequence[Load]) -> list[Load]:
    """Return the loads without those that are many times as large as most."""
    if len(loads) < LEAST_LOADS:
        return list(loads)
    usual = median(each.row_count for each in loads)
    return [each for each in loads if each.row_count <= TIMES_AS_LARGE * usual]


def _judge_kind(kind: Kind, before: Sequence[Load], load: Load) -> SeriesFound:
    having = [each for each in before if kind in each.measured]
    judged = _judged(kind, having, load) if having else {}
    if not judged:
        return SeriesFound(kind, int(load.row_count))
    worst = max(judged, key=lambda name: judged[name].severity)
    return SeriesFound(
        kind,
        int(load.row_count),
        len(judged),
        sum(each.is_out for each in judged.values()),
        worst,
        judged[worst].severity,
    )


def _judged(kind: Kind, before: Sequence[Load], load: Load) -> dict[str, Judged]:
    """Return what the charts say of every number of this kind."""
    loads = [*before, load]
    if kind in (Kind.CODES, Kind.UNITS):
        series = _shares(kind, loads)
    else:
        series = _present(kind, loads)
    found = {name: judge(kind, points, len(series)) for name, points in series.items()}
    return {name: each for name, each in found.items() if each}


def _present(kind: Kind, loads: Sequence[Load]) -> dict[str, list[Point]]:
    """Return the series of what this load has, over the loads that have it, too."""
    return {
        name: [
            Point(each.received_at.weekday(), each.measured[kind][name])
            for each in loads
            if name in each.measured[kind]
        ]
        for name in loads[-1].measured[kind]
    }


def _shares(kind: Kind, loads: Sequence[Load]) -> dict[str, list[Point]]:
    """Return the series of every share; one that is not told counts as none.

    A code that is new, and one that is gone, are told by this.
    """
    names = dict.fromkeys(name for each in loads for name in each.measured[kind])
    return {
        name: points
        for name in names
        if (
            points := [
                Point(each.received_at.weekday(), measured)
                for each in loads
                if (measured := _share(each.measured[kind], name))
            ]
        )
        and _share(loads[-1].measured[kind], name)
    }


def _share(measured: Mapping[str, Measured], name: str) -> Measured | None:
    """Return a share; of what is not told 0, where others of its group are told."""
    if name in measured:
        return measured[name]
    group = name.rpartition("|")[0]
    counts = [
        each.count for key, each in measured.items() if key.rpartition("|")[0] == group
    ]
    return Measured(0.0, 0.0, counts[0]) if counts else None
