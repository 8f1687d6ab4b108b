"""A month of a time zone: its first day, its bounds, and how it is named."""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

DECEMBER = 12


class NoMonthError(Exception):
    """A text that names no month; the message says how one is written."""


@dataclass(frozen=True)
class Month:
    """A month of a time zone."""

    first_day: date
    time_zone: str

    @property
    def name(self) -> str:
        """Return it as 2026-11, which sorts."""
        return f"{self.first_day:%Y-%m}"

    @property
    def next_first_day(self) -> date:
        """Return the first day of the month after."""
        year, month = self.first_day.year, self.first_day.month
        return date(year + month // DECEMBER, month % DECEMBER + 1, 1)

    @property
    def values(self) -> dict[str, object]:
        """Return the parameters of ``MONTH_STATEMENTS``."""
        year, month = self.first_day.year, self.first_day.month
        day_before = date(year - (month == 1), (month - 2) % DECEMBER + 1, 1)
        return {
            "first_day": self.first_day,
            "day_after": self.next_first_day,
            "day_before": day_before,
            "since": _midnight(self.first_day, self.time_zone),
            "until": _midnight(self.next_first_day, self.time_zone),
        }


def month_named(name: str, time_zone: str) -> Month:
    """Return the month written as 2026-11.

    Raises:
        NoMonthError: it is not written so.
    """
    try:
        first_day = datetime.strptime(name, "%Y-%m").date()  # noqa: DTZ007 - a day
    except ValueError:
        msg = f"{name!r} is no month: write it as 2026-11"
        raise NoMonthError(msg) from None
    return Month(first_day, time_zone)


def _midnight(day: date, time_zone: str) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(time_zone))
