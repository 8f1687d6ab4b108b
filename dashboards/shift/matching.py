"""Which dose was given for which due time, and what is still to be done at it."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from dashboards.shift.hours import DAY, Shift, due_between, times_of_day
from dashboards.shift.medicines import Ordered, Recorded
from pipelines.record.actions.giving import EARLY_SHARE, GIVEN, MOST_EARLY

DUE, OVERDUE, MISSED = "due", "overdue", "missed"
# How long after its time a dose is overdue; at the limit it is not yet (ISMP 2011,
# timely administration of scheduled medications). What is given more often than every
# four hours is time-critical there. What is given once a day may come two hours late
# there: an hour for it, too, is our own choice, and what the marts call late.
OVERDUE_AFTER = timedelta(minutes=60)
TIME_CRITICAL_BELOW, TIME_CRITICAL_AFTER = timedelta(hours=4), timedelta(minutes=30)
# Due times are told from so long before a shift: a dose may belong to an earlier one.
LOOK_BACK, LOOK_AHEAD = 2 * DAY, DAY


@dataclass(frozen=True)
class Slot:
    """One due time of a medicine and what was recorded for it, by time."""

    due_at: datetime
    next_due_at: datetime | None
    doses: tuple[Recorded, ...]

    def state(self, now: datetime, *, is_running: bool) -> str:
        """Return what became of it: what was recorded, else how late it is.

        What was not recorded until the next due time has come, or the order has ended,
        is missed: it is not to be made up for without a word from the doctor.
        """
        statuses = [each.status for each in self.doses]
        if statuses:
            return GIVEN if GIVEN in statuses else statuses[-1]
        if now <= self.overdue_after:
            return DUE
        is_over = self.next_due_at is not None and now >= self.next_due_at
        return MISSED if is_over or not is_running else OVERDUE

    @property
    def interval(self) -> timedelta:
        """Return the time until the medicine is due again."""
        return (self.next_due_at or self.due_at + DAY) - self.due_at

    @property
    def opens_at(self) -> datetime:
        """Return from when on it may be given, as early as the record lets it be."""
        return self.due_at - min(self.interval / EARLY_SHARE, MOST_EARLY)

    @property
    def overdue_after(self) -> datetime:
        """Return the last moment at which it is not overdue."""
        is_critical = self.interval < TIME_CRITICAL_BELOW
        return self.due_at + (TIME_CRITICAL_AFTER if is_critical else OVERDUE_AFTER)

    @property
    def given_count(self) -> int:
        """Return how many doses were given for this one time."""
        return sum(each.status == GIVEN for each in self.doses)


@dataclass(frozen=True)
class Planned:
    """A medicine with its due times in a shift, and doses at no such time."""

    ordered: Ordered
    slots: tuple[Slot, ...]
    besides: tuple[Recorded, ...]


def planned(
    ordered: Ordered, doses: Sequence[Recorded], shift: Shift
) -> Planned | None:
    """Return a medicine's due times in a shift; None if its times are not known."""
    times = times_of_day(ordered.doses_per_day, ordered.frequency_text)
    if times is None or ordered.is_as_needed:
        return None
    begins_at, ends_at = shift.begins_at - LOOK_BACK, shift.ends_at + LOOK_AHEAD
    due = [
        at for at in due_between(times, begins_at, ends_at) if ordered.is_ordered(at)
    ]
    taken, besides = matched(
        due, [each for each in doses if begins_at <= each.at < ends_at]
    )
    following = dict(pairwise(due))
    slots = tuple(
        Slot(at, following.get(at), tuple(taken.get(at, ())))
        for at in due
        if shift.holds(at)
    )
    of_shift = tuple(each for each in besides if shift.holds(each.at))
    return Planned(ordered, slots, of_shift)


def matched(
    due: Sequence[datetime], doses: Sequence[Recorded]
) -> tuple[dict[datetime, list[Recorded]], list[Recorded]]:
    """Return the doses by their due time, each once, and those that have none.

    Whoever recorded for which time it was is believed. Else a dose belongs to the due
    time before it, until a quarter of the way is left to the next, as far as it may be
    given early. Once the one before has its dose, half of the way is enough.
    """
    taken: dict[datetime, list[Recorded]] = {}
    besides: list[Recorded] = []
    for each in sorted(doses, key=lambda dose: dose.at):
        at = _due_time_of(each.scheduled_at or each.at, due, taken)
        if at is None:
            besides.append(each)
        else:
            taken.setdefault(at, []).append(each)
    return taken, besides


def _due_time_of(
    at: datetime, due: Sequence[datetime], taken: dict[datetime, list[Recorded]]
) -> datetime | None:
    place = bisect_right(due, at)
    after = due[place] if place < len(due) else None
    if place == 0:  # the first dose may be early, and is else one beside the rounds
        return after if after is not None and after - at <= MOST_EARLY else None
    before = due[place - 1]
    if after is None:  # the order has ended
        return before if at - before < DAY else None
    left = (after - at) / (after - before)
    is_nearer = before in taken and left < 1 / 2
    return after if is_nearer or left <= 1 / EARLY_SHARE else before
