"""Whether the values of a cell fall into two groups, as those of two units would.

Seen in bars that are half an octave wide, so that the steps of rounded values leave no
gaps: a second hump of at least a fiftieth of the rows, with a valley before it that is
at most half as high. What is skewed has a long slope and no valley; and what one or
two very ill patients have is no unit, which is of an analyser or a ward. Where nobody
has a value in between, four times apart and more, a few rows are a group: slipped
decimals are less than a fiftieth, and a limit must not reach as far as they do.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

BARS_OF_AN_OCTAVE = 2
LEAST_SHARE = 0.02
LEAST_ROWS = 10
LEAST_PATIENTS = 5
LEAST_FACTOR = 3
VALLEY = 0.5
EMPTY_BARS = 4


class Bar(NamedTuple):
    """How many values are as large as a bar, and of how many patients they are."""

    rows: int
    patients: int


def factor_between(bars: Mapping[int, Bar]) -> float | None:
    """Return how many times the values of the greater group those of the other are.

    ``bars`` are half octaves: ``n`` begins at 2 to the power of n / 2. None where there
    is one group; below 1 where the group with fewer rows has the smaller values.
    """
    if not bars:
        return None
    every = [bars.get(at, Bar(0, 0)) for at in range(min(bars), max(bars) + 1)]
    smooth = _smoothed([bar.rows for bar in every])
    greatest = max(range(len(smooth)), key=smooth.__getitem__)
    others = [
        other
        for other in range(len(smooth))
        if _factor(other - greatest) >= LEAST_FACTOR
        and _is_group_of_its_own(every, smooth, greatest, other)
    ]
    if not others:
        return None
    other = max(others, key=smooth.__getitem__)
    return 2 ** ((other - greatest) / BARS_OF_AN_OCTAVE)


def _factor(bars: int) -> float:
    return 2 ** (abs(bars) / BARS_OF_AN_OCTAVE)


def _smoothed(heights: Sequence[float]) -> list[float]:
    """Return the mean of each bar and its neighbours: chance makes small humps."""
    padded = [0, *heights, 0]
    return [sum(padded[at : at + 3]) / 3 for at in range(len(heights))]


def _is_group_of_its_own(
    every: Sequence[Bar], smooth: Sequence[float], greatest: int, other: int
) -> bool:
    """Return whether a bar is the top of a hump behind a valley."""
    start, end = sorted((greatest, other))
    valley = min(range(start, end + 1), key=smooth.__getitem__)
    if smooth[valley] > VALLEY * smooth[other]:
        return False
    is_above = other > greatest
    beyond = every[valley:] if is_above else every[: valley + 1]
    least = float(LEAST_ROWS)
    if _widest_gap(every[start:end]) < EMPTY_BARS:
        least = max(least, LEAST_SHARE * sum(bar.rows for bar in every))
    return (
        sum(bar.rows for bar in beyond) >= least
        and max(bar.patients for bar in beyond) >= LEAST_PATIENTS
    )


def _widest_gap(bars: Sequence[Bar]) -> int:
    """Return how many bars without a row stand side by side."""
    widest = gap = 0
    for bar in bars:
        gap = 0 if bar.rows else gap + 1
        widest = max(widest, gap)
    return widest
