"""Learning limits from the laboratory results of the mart, all analytes at once.

Counts and robust quantiles of many patients are kept, and a picture of them; what was
learned more than a day before is forgotten, unless a signed limit stands on it. Nothing
is judged by it before somebody signs.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import NamedTuple

import psycopg

from expectations.marts.numbers import ANALYTES
from pipelines.database.connections import connect
from pipelines.database.roles import Role
from pipelines.limits.cells import ADULT, ALL, Cell
from pipelines.limits.groups import Bar, factor_between
from pipelines.limits.rounding import outward
from pipelines.limits.rule import (
    LEAST_PATIENTS,
    LEAST_ROWS,
    Known,
    Limits,
    Measured,
    propose,
)
from pipelines.limits.statements import (
    CELLS,
    COUNT_BREAKING,
    DRAW,
    ENTER,
    ENTER_PICTURE,
    FEWEST_BARS,
    FORGET,
    HALF_OCTAVES,
    KNOWN,
    LEARN_FROM,
    LEAST_PATIENTS_SHOWN,
    LOCK,
    LOCK_DECISIONS,
    MOST_BARS,
    NEWLY_LEARNED,
    PICTURES,
    STATISTICS,
    STATISTICS_OF_LEARNED,
    STATISTICS_OF_PICTURES,
)
from pipelines.settings import Settings

# Where the outermost thousandth is zero, a picture by factors begins at this part of
# the lower quartile; one of values below zero ends at this part of its beginning.
LOWEST_PART = 0.05
SHARE, MOST_OF_A_SHARE = "%", 100.0
SURVIVED = {(each.name, each.unit): each for each in ANALYTES}


@dataclass(frozen=True)
class Learned:
    """How many cells were looked at, and of how many limits are proposed."""

    cells: int
    proposed: int
    with_two_groups: int


class Range(NamedTuple):
    """What is known of adults: reference limits of either sex, critical limits."""

    female_low: Decimal | None = None
    female_high: Decimal | None = None
    male_low: Decimal | None = None
    male_high: Decimal | None = None
    critical_low: Decimal | None = None
    critical_high: Decimal | None = None

    def reference(self, cell: Cell) -> tuple[Decimal | None, Decimal | None]:
        """Return the reference limits of a cell, of both sexes the outer ones."""
        if cell.age_band not in (ALL, ADULT):
            return None, None
        lows = {"female": self.female_low, "male": self.male_low}
        highs = {"female": self.female_high, "male": self.male_high}
        if cell.sex_code != ALL:
            return lows[cell.sex_code], highs[cell.sex_code]
        return (
            None if None in lows.values() else min(lows.values()),
            None if None in highs.values() else max(highs.values()),
        )


class Counted(NamedTuple):
    """What the mart has of a cell; quantiles from the lowest thousandth up."""

    cell: Cell
    analyte_name: str
    rows_count: int
    patients_count: int
    quantiles: Sequence[float]

    @property
    def is_enough(self) -> bool:
        """Return whether there are rows and patients enough to learn from."""
        return self.rows_count >= LEAST_ROWS and self.patients_count >= LEAST_PATIENTS

    @property
    def measured(self) -> Measured:
        """Return the quantiles that the rule is about."""
        lowest, _, quarter, median, three_quarters, _, highest = self.quantiles
        return Measured(lowest, quarter, median, three_quarters, highest)


def learn_limits(settings: Settings) -> Learned:
    """Learn from the mart as it is, and forget what was proposed days before.

    What a signed limit stands on is kept.
    """
    with connect(settings, Role.BUILDER) as connection:
        connection.execute(LOCK)
        connection.execute(LEARN_FROM, {"zone": settings.time_zone})
        connection.execute(STATISTICS)
        counted = _counted(connection)
        ranges = _ranges(connection)
        factors = _factors(connection)
        rows = [
            _row(each, ranges.get(each.cell[:2], Range()), factors.get(each.cell))
            for each in counted
        ]
        with connection.cursor() as cursor:
            cursor.executemany(ENTER, rows)
        for statement in (NEWLY_LEARNED, STATISTICS_OF_LEARNED, COUNT_BREAKING):
            connection.execute(statement)
        _draw(connection, counted)
        connection.execute(LOCK_DECISIONS)
        connection.execute(FORGET)
    return Learned(
        len(rows),
        sum(row[LOW] is not None for row in rows),
        sum(row[HUMP] is not None for row in rows),
    )


# Where these stand among the values of ENTER.
LOW, HUMP = 13, 15


def _counted(connection: psycopg.Connection) -> list[Counted]:
    return [
        Counted(Cell(*row[:4]), row[4] or row[0], *row[5:])
        for row in connection.execute(CELLS)
    ]


def _ranges(connection: psycopg.Connection) -> dict[tuple[str, str], Range]:
    """Return what is known of each analyte and unit; the site's own comes last."""
    known: dict[tuple[str, str], Range] = {}
    for analyte, unit, *limits in connection.execute(KNOWN):
        before = known.get((analyte, unit), Range())
        pairs = zip(before, limits, strict=True)
        known[analyte, unit] = Range(
            *(old if new is None else new for old, new in pairs)
        )
    return known


def _factors(connection: psycopg.Connection) -> dict[Cell, float | None]:
    bars: defaultdict[Cell, dict[int, Bar]] = defaultdict(dict)
    for *cell, at, rows, patients in connection.execute(HALF_OCTAVES):
        bars[Cell(*cell)][at] = Bar(rows, patients)
    return {cell: factor_between(found) for cell, found in bars.items()}


def _row(counted: Counted, known: Range, factor: float | None) -> tuple[object, ...]:
    """Return a row of quality.limit_proposal."""
    begins = (*counted.cell, counted.analyte_name, *counted[2:4])
    ends = (*known.reference(counted.cell), known.critical_low, known.critical_high)
    if not counted.is_enough:
        return (*begins, "too_few", *[None] * 8, *ends)
    limits = proposed(counted, known, factor)
    state = "proposed" if limits else "no_spread"
    quantiles = counted.quantiles[1:-1]
    return (*begins, state, *quantiles, *(limits or (None, None)), factor, *ends)


def proposed(counted: Counted, known: Range, factor: float | None) -> Limits | None:
    """Return the limits that the rule proposes for a cell."""
    survived = SURVIVED.get(counted.cell[:2])
    return propose(
        counted.measured,
        Known(
            *(
                None if limit is None else float(limit)
                for limit in (known.critical_low, known.critical_high)
            ),
            *((survived.lowest, survived.highest) if survived else (None, None)),
            MOST_OF_A_SHARE if counted.cell.unit == SHARE else None,
        ),
        has_two_groups=factor is not None,
    )


def _draw(connection: psycopg.Connection, counted: Sequence[Counted]) -> None:
    connection.execute(PICTURES)
    rows = [
        (*each.cell, each.measured.is_of_factors, *ends, _bars(each.patients_count))
        for each in counted
        if each.is_enough and (ends := _ends_of_picture(each.measured))
    ]
    with connection.cursor() as cursor:
        cursor.executemany(ENTER_PICTURE, rows)
    connection.execute(STATISTICS_OF_PICTURES)
    connection.execute(DRAW)


def _bars(patients: int) -> int:
    return min(max(patients // LEAST_PATIENTS_SHOWN, FEWEST_BARS), MOST_BARS)


def _ends_of_picture(measured: Measured) -> tuple[Decimal, Decimal] | None:
    """Return where the bars begin and end; None where all values are the same.

    An end is kept and drawn, and the outermost thousandth may be one patient's value.
    """
    start, end = measured.outermost_low, measured.outermost_high
    if measured.is_of_factors and not start:
        start = measured.quartile_low * LOWEST_PART
    if start >= end:
        return None
    return (
        outward(start, ROUND_FLOOR, apart_from=start),
        outward(end or -start * LOWEST_PART, ROUND_CEILING, apart_from=end),
    )
