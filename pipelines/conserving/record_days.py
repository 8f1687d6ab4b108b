"""One table of the record, day by day: what differs, and how many entries.

Days are compared by their number of entries and the sum of their hashes. Of a day that
differs the entries are read on both sides in one order and walked through together, so
that memory does not grow with the table.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

import psycopg
from psycopg import sql

from pipelines.conserving.record_statements import (
    BY_DAY,
    OF_DAYS,
    Compared,
    record_entries,
    saved_since,
    warehouse_entries,
)
from pipelines.conserving.refused_entries import RefusedDays
from pipelines.feeds.contract import Feed
from pipelines.record.tables import APART

ROWS_AT_A_TIME = 5_000
KINDS = ("missing", "extra", "different", "refused")
Entry = tuple[date, str, int]
Place = tuple[date, str]


class DayState(StrEnum):
    """What comes out for a day; one on which all is still to be extracted says none."""

    EQUAL = "equal"
    DIFFERENT = "different"
    NOT_APPLICABLE = "not_applicable"


@dataclass(frozen=True)
class Day:
    """Entries of one table that were changed on one day (UTC) and hold now.

    ``different`` stand on both sides with other content. ``refused`` have their newest
    version in quarantine. ``waiting`` versions are saved and not extracted yet: they
    are being processed, and not compared.
    """

    feed: str
    changed_on: date
    in_record: int = 0
    in_warehouse: int = 0
    missing: int = 0
    extra: int = 0
    different: int = 0
    refused: int = 0
    waiting: int = 0

    @property
    def state(self) -> DayState:
        """Return whether the day stands in the warehouse as in the record."""
        if self.missing or self.extra or self.different:
            return DayState.DIFFERENT
        if not self.in_record:
            return DayState.NOT_APPLICABLE
        return DayState.EQUAL

    @property
    def told(self) -> str:
        """Return what differs, in counts and names alone."""
        return (
            f"{self.feed} of {self.changed_on}: {self.missing:,} entries missing, "
            f"{self.extra:,} too many, {self.different:,} different"
        )


@dataclass(frozen=True)
class Excuses:
    """Which entries differ because a version of them was refused, and for no other.

    ``of_any_day``: entries of the table have one version, so the id suffices.
    """

    refused: RefusedDays
    of_any_day: bool = False

    def version(self, entry: Entry) -> bool:
        """Return whether the version itself was refused."""
        days = self.refused.get(entry[1])
        return days is not None and (self.of_any_day or entry[0] in days)

    def version_before(self, entry: Entry) -> bool:
        """Return whether it stands here still, as a later version was refused."""
        days = self.refused.get(entry[1])
        if days is None:
            return False
        return self.of_any_day or any(day >= entry[0] for day in days)


def compare_days(
    record: psycopg.Connection,
    warehouse: psycopg.Connection,
    feed: Feed,
    compared: Compared,
    refused: RefusedDays,
) -> list[Day]:
    """Return every day on which an entry of a table was changed.

    ``refused`` are the days of versions that were refused, by the ids of entries.
    """
    of_record = record_entries(feed, compared)
    of_warehouse = warehouse_entries(feed, compared)
    written = _by_day(record, of_record)
    landed = _by_day(warehouse, of_warehouse)
    waiting = dict(record.execute(saved_since(feed, compared)).fetchall())
    nothing = (0, None)
    days = sorted({*written, *landed, *waiting})
    differing = [
        each for each in days if written.get(each, nothing) != landed.get(each, nothing)
    ]
    found: Counter[tuple[date, str]] = Counter()
    if differing:
        found = _walk(
            _entries(record, of_record, differing),
            _entries(warehouse, of_warehouse, differing),
            Excuses(refused, of_any_day=feed.name in APART),
        )
    return [
        Day(
            feed.name,
            each,
            written.get(each, nothing)[0],
            landed.get(each, nothing)[0],
            *(found[each, kind] for kind in KINDS),
            waiting.get(each, 0),
        )
        for each in days
    ]


def _by_day(
    connection: psycopg.Connection, entries: sql.Composed
) -> dict[date, tuple[int, int | None]]:
    found = connection.execute(entries + sql.SQL(BY_DAY)).fetchall()
    return {day: (count, total) for day, count, total in found}


def _entries(
    connection: psycopg.Connection, entries: sql.Composed, days: list[date]
) -> Iterator[Entry]:
    statement = entries + sql.SQL(OF_DAYS).format(days=sql.Literal(days))
    with connection.cursor(name="entries_of_days") as cursor:
        cursor.itersize = ROWS_AT_A_TIME
        yield from cursor.execute(statement)


def _walk(
    written: Iterator[Entry], landed: Iterator[Entry], excuses: Excuses
) -> Counter[tuple[date, str]]:
    """Return by day how many entries only one side has, and how many differ."""
    found: Counter[tuple[date, str]] = Counter()
    one, other = next(written, None), next(landed, None)
    while one or other:
        place, other_place = _place(one), _place(other)
        if other_place is None or (place is not None and place < other_place):
            is_refused = excuses.version(one)
            found[one[0], "refused" if is_refused else "missing"] += 1
            one = next(written, None)
        elif place is None or other_place < place:
            found[other[0], "extra"] += not excuses.version_before(other)
            other = next(landed, None)
        else:
            is_refused = excuses.version(one)
            found[one[0], "refused" if is_refused else "different"] += (
                one[2] != other[2]
            )
            one, other = next(written, None), next(landed, None)
    return found


def _place(entry: Entry | None) -> Place | None:
    return entry[:2] if entry else None
