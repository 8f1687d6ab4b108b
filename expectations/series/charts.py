"""Control charts: whether a number of this load belongs to those of the loads before.

Two charts, as neither sees what the other does. A chart of individuals (Shewhart,
*Economic Control of Quality of Manufactured Product*, 1931) sees a jump in one load. A
cumulative sum (Page, *Continuous inspection schemes*, Biometrika 1954;41:100-115) sees
a slow drift, of which no single load is beyond its limits. The centre is a median and
the spread about it is robust, too (Hampel, JASA 1974;69:383-393), so that one bad load
among those before does not widen the limits; it is never less than what chance alone
makes of so many rows.

A jump is judged by all loads before. A drift is judged by the first half of them, as a
limit that follows the numbers would follow the drift. A change that lasts becomes the
norm once it fills that half.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, log, sqrt
from statistics import median
from typing import NamedTuple

from expectations.series.measured import LEAST_ROWS, Kind, Measured

WINDOW = 120  # loads that are looked back at
LEAST_LOADS = 10
LEAST_LOADS_OF_A_DAY = 4
LEAST_LOADS_AFTER = 5
# Of a normal distribution: standard deviations per median absolute deviation, and per
# mean absolute deviation without the greatest tenth of them.
PER_MEDIAN_DISTANCE = 1.4826
PER_TRIMMED_DISTANCE = 1.55
TRIMMED = 0.1
ERROR_OF_MEDIAN = 1.2533  # of a normal distribution, times that of its mean
CLIPPED_AT = 3.0  # one wild load is a jump, and no drift
# Weekdays are told apart where that takes so much of the spread away.
SHOWN_BY_WEEKDAY = 0.7


class Point(NamedTuple):
    """One number of one load; ``weekday`` is that of its receipt."""

    weekday: int
    measured: Measured


@dataclass(frozen=True)
class Judged:
    """What the charts say of one number: in standard deviations, and the limits."""

    jump: float
    jump_limit: float
    drift: float
    drift_limit: float

    @property
    def is_out(self) -> bool:
        """Return whether the number jumped or has drifted."""
        return self.jump > self.jump_limit or self.drift > self.drift_limit

    @property
    def severity(self) -> float:
        """Return how far the worse of the two is from its limit; above 1 is beyond."""
        return max(self.jump / self.jump_limit, self.drift / self.drift_limit)


def judge(kind: Kind, points: Sequence[Point], names_count: int = 1) -> Judged | None:
    """Judge the last of some numbers by those before it; None where they are too few.

    ``names_count`` is how many numbers are judged as one: the more, the wider the
    limits, so that chance alone breaks them as seldom.
    """
    if len(points) <= LEAST_LOADS:
        return None
    points = _without_weekdays(kind, points[-WINDOW - 1 :])
    before, last = points[:-1], points[-1]
    norm = _norm(before)
    first = before[: max(LEAST_LOADS, len(before) // 2)]
    rest = points[len(first) :]
    return Judged(
        abs(_deviation(kind, last, norm)),
        4 + log(names_count) / 2.5 + 20 / norm.loads_count,
        _drift(kind, rest, _norm(first)),
        6 + 1.2 * log(names_count),
    )


class _Place(NamedTuple):
    """A number where it is compared: its logarithm, without its weekday's part."""

    at: float
    measured: Measured


class _Norm(NamedTuple):
    centre: float
    spread: float
    error: float
    loads_count: int


def _without_weekdays(kind: Kind, points: Sequence[Point]) -> list[_Place]:
    """Return numbers without what is usual of their weekday, where weekdays differ."""
    at = [_scaled(kind, each.measured) for each in points]
    usual = _usual_of_weekdays(points[:-1], at[:-1])
    return [
        _Place(place - usual.get(each.weekday, 0.0), each.measured)
        for place, each in zip(at, points, strict=True)
    ]


def _usual_of_weekdays(
    points: Sequence[Point], at: Sequence[float]
) -> dict[int, float]:
    """Return how far each weekday is from all; nothing where weekdays do not differ."""
    whole = median(at)
    by_day: dict[int, list[float]] = {}
    for point, place in zip(points, at, strict=True):
        by_day.setdefault(point.weekday, []).append(place)
    usual = {
        day: median(places) - whole
        for day, places in by_day.items()
        if len(places) >= LEAST_LOADS_OF_A_DAY
    }
    plain = sum(abs(place - whole) for place in at)
    rest = sum(
        abs(place - whole - usual.get(point.weekday, 0.0))
        for point, place in zip(points, at, strict=True)
    )
    return usual if len(usual) > 1 and rest < SHOWN_BY_WEEKDAY * plain else {}


def _norm(places: Sequence[_Place]) -> _Norm:
    """Return the centre of numbers and their spread about it, both robust."""
    centre = median(each.at for each in places)
    distances = sorted(abs(each.at - centre) for each in places)
    most = distances[: len(distances) - int(len(distances) * TRIMMED)]
    spread = max(
        PER_MEDIAN_DISTANCE * median(distances),
        PER_TRIMMED_DISTANCE * sum(most) / len(most),
    )
    error = sum(each.measured.error for each in places) / len(places)
    return _Norm(centre, spread, error, len(places))


def _scaled(kind: Kind, measured: Measured) -> float:
    """Return a count as its logarithm, for which twice as many is a step as half."""
    return log(max(measured.value, 1)) if kind is Kind.ROWS else measured.value


def _deviation(kind: Kind, place: _Place, norm: _Norm) -> float:
    """Return how far a number is from its centre, in standard deviations."""
    chance = _chance(kind, place.measured, norm)
    of_centre = 1 + ERROR_OF_MEDIAN**2 / norm.loads_count
    error = sqrt((norm.spread**2 + chance**2) * of_centre)
    distance = place.at - norm.centre
    beyond = max(abs(distance) - _unimportant(kind, place.measured, norm.centre), 0)
    return (beyond if distance > 0 else -beyond) / error


def _chance(kind: Kind, measured: Measured, norm: _Norm) -> float:
    """Return the standard error of a number of so many rows."""
    count = max(measured.count, 1)
    if kind is Kind.ROWS:
        return 0.05 + exp(-norm.centre / 2)  # of Poisson's, on a logarithm
    if kind in (Kind.VALUES, Kind.DELAYS):
        return max(measured.error, norm.error, abs(norm.centre) * 0.002, 1e-9)
    share = min(max(norm.centre, 1 / count), 1 - 1 / count)
    return sqrt(share * (1 - share) / count)


def _unimportant(kind: Kind, measured: Measured, centre: float) -> float:
    """Return the distance that is of no importance, however sure it is."""
    if kind is Kind.ROWS:
        return 0.05
    if kind is Kind.VALUES:
        return 0.01 * abs(centre)
    if kind is Kind.DELAYS:
        return 0.25  # of an hour
    # A code of less than so many rows is not told: it may be there all the same.
    is_untold = measured.value == 0 or centre == 0
    return max(0.01, 2 * LEAST_ROWS / max(measured.count, 1) if is_untold else 0)


def _drift(kind: Kind, places: Sequence[_Place], norm: _Norm) -> float:
    """Return the greater of the two cumulative sums, upwards and downwards.

    Each step is lessened by half a standard deviation, Page's choice for a drift of
    one, and by what the centre of so few loads may itself be wrong by.
    """
    if len(places) < LEAST_LOADS_AFTER:
        return 0.0
    lessened = 0.5 + ERROR_OF_MEDIAN / sqrt(norm.loads_count)
    up = down = 0.0
    for place in places:
        deviation = _deviation(kind, place, norm)
        step = max(-CLIPPED_AT, min(CLIPPED_AT, deviation))
        up = max(0.0, up + step - lessened)
        down = max(0.0, down - step - lessened)
    return max(up, down)
