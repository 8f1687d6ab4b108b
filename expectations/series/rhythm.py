"""Whether the next load is late, by the pauses that its source made before."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from expectations.series.charts import LEAST_LOADS, LEAST_LOADS_OF_A_DAY

LONG_PAUSE = 0.9  # of the pauses, nine in ten are no longer
HALF_AS_LONG_AGAIN = 1.5
# What a source, a network and a queue may take in any rhythm.
GRACE = timedelta(hours=1)


@dataclass(frozen=True)
class Pause:
    """How long nothing came, and how long that may be."""

    lasts: timedelta
    limit: timedelta

    @property
    def is_too_long(self) -> bool:
        """Return whether the next load is late."""
        return self.lasts > self.limit


def pause_of(received: Sequence[datetime], now: datetime) -> Pause | None:
    """Return the pause since the last load; None where no rhythm is known yet.

    ``received`` are the loads, the oldest first. A pause is compared with those that
    began on its weekday, where there are some: a weekend is no delay.
    """
    if len(received) <= LEAST_LOADS:
        return None
    last = received[-1]
    pauses = [(begun, following - begun) for begun, following in pairwise(received)]
    of_weekday = [
        length for begun, length in pauses if begun.weekday() == last.weekday()
    ]
    is_told_by_weekday = len(of_weekday) >= LEAST_LOADS_OF_A_DAY
    lengths = sorted(of_weekday if is_told_by_weekday else (each for _, each in pauses))
    usual = lengths[round(LONG_PAUSE * (len(lengths) - 1))]
    return Pause(now - last, usual * HALF_AS_LONG_AGAIN + GRACE)
