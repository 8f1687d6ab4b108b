"""The shifts of the house, and the times at which it gives medicines.

Both are lists that a site changes, ``shifts.csv`` and ``dose_times.csv``. The hours in
them are our own, the usual rounds of a ward: orders tell how often, and no source that
we read tells at which hour. All times here are those of the site's clock.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from itertools import pairwise

from dashboards.chart.words import date_text
from pipelines.record.actions.catalogue import rows

DAY = timedelta(days=1)
# A number that is listed as 3 may come as 3.0 or 2.999999.
TOLERANCE = 0.001
# A day back and the next round: what is to be looked up, and what is to be prepared.
SHIFTS_BEFORE, SHIFTS_AFTER = 3, 2
# Far enough on both sides for those, also where a site has one shift a day.
DAYS_AROUND = 5


@dataclass(frozen=True)
class Shift:
    """One shift; what falls on its end belongs to the next one."""

    name: str
    begins_at: datetime
    ends_at: datetime

    def holds(self, at: datetime) -> bool:
        """Return whether an instant belongs to this shift."""
        return self.begins_at <= at < self.ends_at

    @property
    def words(self) -> str:
        """Return which shift it is, with its day and hours."""
        hours = f"{self.begins_at:%H:%M} to {self.ends_at:%H:%M}"
        return f"{self.name}, {date_text(self.begins_at)}, {hours}"


def shifts_around(now: datetime) -> tuple[list[Shift], Shift]:
    """Return the shifts to choose from, by time, and the one that it is now."""
    beginnings = sorted(
        (
            datetime.combine(
                now.date() + days * DAY, time.fromisoformat(row["begins_at"])
            ),
            row["shift_name"],
        )
        for days in range(-DAYS_AROUND, DAYS_AROUND + 1)
        for row in rows("shifts")
    )
    shifts = [Shift(name, at, end) for (at, name), (end, _) in pairwise(beginnings)]
    place = next(place for place, each in enumerate(shifts) if each.holds(now))
    offered = shifts[place - SHIFTS_BEFORE : place + SHIFTS_AFTER + 1]
    return offered, shifts[place]


def times_of_day(
    doses_per_day: float | None, frequency_text: str | None
) -> Sequence[time] | None:
    """Return when in a day the house gives what is ordered so often.

    None where that is not known: an order that is not read, or one of fewer doses than
    one a day, of which nobody told the day.
    """
    if doses_per_day is None:
        return None
    text = (frequency_text or "").casefold()
    return next(
        (
            [time.fromisoformat(each) for each in row["times"].split()]
            for row in rows("dose_times")
            if abs(float(row["doses_per_day"]) - doses_per_day) < TOLERANCE
            and row["words"] in text
        ),
        None,
    )


def due_between(
    times: Sequence[time], begins_at: datetime, ends_at: datetime
) -> list[datetime]:
    """Return when a medicine is due from an instant on until before another."""
    days = (ends_at.date() - begins_at.date()).days + 1
    moments = (
        datetime.combine(begins_at.date() + day * DAY, each)
        for day in range(days)
        for each in times
    )
    return sorted(at for at in moments if begins_at <= at < ends_at)
