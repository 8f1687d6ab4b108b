"""Which part of the time the flowsheet shows: a period, and at most so many columns."""

from dataclasses import dataclass

import pandas as pd

ALL = "All"
PERIODS = {
    "1 day": pd.DateOffset(days=1),
    "3 days": pd.DateOffset(days=3),
    "7 days": pd.DateOffset(days=7),
    "30 days": pd.DateOffset(days=30),
    "1 year": pd.DateOffset(years=1),
    ALL: None,
}
# A first look should show a course, and still be read at a glance.
FEWEST_TIMES = 8
# A table of more columns is read by nobody and takes long to draw.
MOST_TIMES = 60


@dataclass(frozen=True)
class Window:
    """A stretch of time; both ends belong to it.

    ``earlier_until`` and ``later_until`` are the ends of the stretches before and after
    it, None where there is nothing; ``left_out`` counts times of the period that did
    not fit.
    """

    from_at: pd.Timestamp
    until_at: pd.Timestamp
    times: pd.DatetimeIndex
    left_out: int
    earlier_until: pd.Timestamp | None
    later_until: pd.Timestamp | None


def minutes_of(collected_at: pd.Series) -> pd.DatetimeIndex:
    """Return the minutes at which something was collected, in their order."""
    return pd.DatetimeIndex(collected_at.dt.floor("min").unique()).sort_values()


def fitting_period(times: pd.DatetimeIndex) -> str:
    """Return the shortest period that shows a course, else all."""
    for name, length in PERIODS.items():
        if length is not None and (times >= times[-1] - length).sum() >= FEWEST_TIMES:
            return name
    return ALL


def window_of(
    times: pd.DatetimeIndex, period: str, until: pd.Timestamp | None
) -> Window:
    """Return the window of a period that ends at the last time up to ``until``."""
    reached = times if until is None else times[times <= until]
    reached = reached if len(reached) else times[:1]
    last, length = reached[-1], PERIODS[period]
    inside = reached if length is None else reached[reached >= last - length]
    shown = inside[-MOST_TIMES:]
    before, after = times[times < shown[0]], times[times > last]
    return Window(
        from_at=shown[0],
        until_at=last,
        times=shown,
        left_out=len(inside) - len(shown),
        earlier_until=before[-1] if len(before) else None,
        later_until=_later(after, length),
    )


def _later(
    after: pd.DatetimeIndex, length: pd.DateOffset | None
) -> pd.Timestamp | None:
    """Return the end of the stretch that follows, no longer than table and period."""
    if not len(after):
        return None
    following = after[:MOST_TIMES]
    if length is not None:
        following = following[following <= following[0] + length]
    return following[-1]
