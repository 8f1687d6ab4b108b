"""The one rule by which limits are proposed from what was measured.

A limit of plausibility says what no living patient has, so an emergency never breaks
it; a wrong unit, a wrong decimal or an analyser's fault should. The rule:

- Of the spread: six interquartile ranges beyond the median, on the scale of logarithms
  where all values are above zero. Quantiles do not move with a few wrong values as a
  mean would, and laboratory values spread by factors. Six is about eight standard
  deviations: a sick patient is often four or five from the median of a hospital.
- Never inside the outermost thousandth on either side, nor more than ten times beyond
  it: ten is the least factor by which metric units differ.
- Never nearer to the median than two and a half times the critical limit: that is where
  somebody is called, not where life ends. 120 mmol/L of sodium are critical, 99 were
  survived.
- Never inside what is known to have been survived.
- Below zero only where values are, and of a share above 100 % only where they are.
- Rounded outwards to two digits, and a step further where that would leave the
  outermost thousandth as it is: it may be one patient's value. Zero and 100 % stay.

Where there are two groups of values, as of two units under one name, their outermost
thousandth is of the wrong ones: then it is left out, and that is said.
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import NamedTuple

from pipelines.limits.rounding import exact, outward

LEAST_ROWS = 200
LEAST_PATIENTS = 30
SPREADS = 6
BEYOND_CRITICAL = 2.5
FACTOR_OF_UNITS = 10
BELOW, ABOVE = -1, 1


@dataclass(frozen=True)
class Measured:
    """What was measured of a cell: robust quantiles, and the outermost thousandths."""

    outermost_low: float
    quartile_low: float
    median: float
    quartile_high: float
    outermost_high: float

    @property
    def is_of_factors(self) -> bool:
        """Return whether values spread by factors: none is below zero, few are zero."""
        return self.outermost_low >= 0 and self.quartile_low > 0


class Known(NamedTuple):
    """What else is known of an analyte in its unit; each may be missing."""

    critical_low: float | None = None
    critical_high: float | None = None
    survived_low: float | None = None
    survived_high: float | None = None
    most: float | None = None


class Limits(NamedTuple):
    """What is proposed; a value that is equal to an end keeps it."""

    low: Decimal
    high: Decimal


class _Side(NamedTuple):
    """One end of the values: in which direction it lies, and what is known of it."""

    direction: int
    outermost: float
    critical: float | None
    survived: float | None


def propose(
    measured: Measured, known: Known, *, has_two_groups: bool = False
) -> Limits | None:
    """Return the limits that values propose; None where most of them are the same."""
    if measured.quartile_low == measured.quartile_high:
        return None
    below = _Side(BELOW, measured.outermost_low, known.critical_low, known.survived_low)
    above = _Side(
        ABOVE, measured.outermost_high, known.critical_high, known.survived_high
    )
    lowest, highest = measured.outermost_low, measured.outermost_high
    found_low = min(_found(measured, below, has_two_groups=has_two_groups))
    found_high = max(_found(measured, above, has_two_groups=has_two_groups))
    low = outward(found_low, ROUND_FLOOR, apart_from=lowest)
    high = outward(found_high, ROUND_CEILING, apart_from=highest)
    if lowest >= 0:
        low = max(low, Decimal(0))
    if known.most is not None and highest <= known.most:
        high = min(high, exact(known.most))
    return Limits(low, high)


def _found(measured: Measured, side: _Side, *, has_two_groups: bool) -> Iterator[float]:
    """Yield the limits of one side that each part of the rule finds."""
    if not has_two_groups:
        yield side.outermost
    if side.survived is not None:
        yield side.survived
        return
    yield _of_spread(measured, side, has_two_groups=has_two_groups)
    if side.critical is not None:
        yield _beyond(measured, side.critical, BEYOND_CRITICAL)


def _of_spread(measured: Measured, side: _Side, *, has_two_groups: bool) -> float:
    to_scale, back = _scale(measured)
    width = to_scale(measured.quartile_high) - to_scale(measured.quartile_low)
    reach = to_scale(measured.median) + side.direction * SPREADS * width
    if measured.is_of_factors and side.outermost > 0 and not has_two_groups:
        farthest = math.log(side.outermost) + side.direction * math.log(FACTOR_OF_UNITS)
        reach = side.direction * min(side.direction * reach, side.direction * farthest)
    return back(reach)


def _beyond(measured: Measured, limit: float, times: float) -> float:
    """Return what is some times as far from the median as a limit."""
    if measured.is_of_factors and limit > 0:
        return measured.median * (limit / measured.median) ** times
    return measured.median + times * (limit - measured.median)


def _scale(
    measured: Measured,
) -> tuple[Callable[[float], float], Callable[[float], float]]:
    return (math.log, math.exp) if measured.is_of_factors else (float, float)
