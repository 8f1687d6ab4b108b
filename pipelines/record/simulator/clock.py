"""Time in the simulated hospital: whole minutes since 1970-01-01T00:00Z."""

from datetime import UTC, date, datetime
from typing import Protocol

HOUR = 60
DAY = 24 * HOUR
YEAR = round(365.25 * DAY)

_MINUTE_SECONDS = 60
_EPOCH_WEEKDAY = 3  # 1970-01-01 was a Thursday; Monday is 0
_FRIDAY = 4


def minute_of(day: date) -> int:
    """Return the minute with which a day begins."""
    return (day - date(1970, 1, 1)).days * DAY


def date_of(minute: int) -> date:
    """Return the calendar day of a minute."""
    return datetime.fromtimestamp(minute * _MINUTE_SECONDS, tz=UTC).date()


class Draws(Protocol):
    """What draws whole numbers: numpy's generators, and a patient's paper stream."""

    def integers(self, high: int, /) -> int:
        """Return a whole number below ``high``."""


def office_hour(minute: int, rng: Draws) -> int:
    """Return a quarter hour from 8:00 to 17:00 on that or the next working day."""
    day = minute // DAY
    weekday = (day + _EPOCH_WEEKDAY) % 7
    if weekday > _FRIDAY:
        day += 7 - weekday
    return int(day * DAY + 8 * HOUR + 15 * rng.integers(36))
