"""What the files of the simulated record say, read line by line: the oracle's side."""

import csv
from collections import defaultdict
from datetime import datetime
from typing import NamedTuple

from pipelines.settings import Settings

UNFINAL = {"preliminary", ""}


class Course(NamedTuple):
    """The times of one result, as its files tell them."""

    order_id: str
    ordered: datetime
    collected: datetime
    received: datetime
    first: datetime
    final: datetime | None


def rows_of(settings: Settings, feed: str) -> list[dict[str, str]]:
    """Return the lines of a feed's file."""
    path = settings.root / "simulated" / f"{feed}.csv"
    with path.open(newline="", encoding="utf-8") as lines:
        return list(csv.DictReader(lines))


def versions_of(settings: Settings, feed: str) -> dict[str, list[dict[str, str]]]:
    """Return the versions of each fact of a feed, the oldest first."""
    found = defaultdict(list)
    for row in rows_of(settings, feed):
        found[row["record_id"]].append(row)
    return {
        key: sorted(rows, key=lambda row: row["source_updated_at"])
        for key, rows in found.items()
    }


def at(text: str) -> datetime:
    """Return an instant."""
    return datetime.fromisoformat(text)


def courses(settings: Settings) -> dict[str, Course]:
    """Return the course of each result, by its record id."""
    orders = versions_of(settings, "lab_orders")
    specimens = versions_of(settings, "specimens")
    found = {}
    for key, rows in versions_of(settings, "lab_results").items():
        order, tube = orders[rows[0]["order_id"]][-1], specimens[rows[0]["specimen_id"]]
        finals = [row for row in rows if row["status_code"] not in UNFINAL]
        first = min(at(row["resulted_at"]) for row in rows)
        final = None
        if finals:
            final = at(finals[0]["resulted_at"])
            if finals[0] is not rows[0]:
                # The first is not final: no earlier than the version was written.
                final = max(final, at(finals[0]["source_updated_at"]))
        found[key] = Course(
            rows[0]["order_id"],
            at(order["ordered_at"]),
            at(tube[-1]["collected_at"]),
            at(tube[-1]["received_at"]),
            first,
            final,
        )
    return found
