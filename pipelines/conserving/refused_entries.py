"""Entries of the record that were refused on the way: they wait, they are not lost.

Which ones, and which of their versions, is told by the first fields of their original
lines and the time of change, the last but one. They are opened for that and not kept.
"""

import csv
from collections.abc import Iterator, Mapping
from datetime import date

import psycopg

from pipelines.access.keyring import Keyring
from pipelines.landing.quarantine import PLACE
from pipelines.record.tables import APART
from pipelines.sources.operational import ADAPTER

REFUSED = """
    select refused.feed, replace(cast(refused.address as text), '-', ''),
        refused.original_text
    from quarantine.row as refused
    inner join raw.delivery as delivery
        on refused.delivery_id = delivery.delivery_id
    where refused.source_system = %(source)s
        and delivery.adapter = %(source)s
        and refused.feed is not null
        and refused.status <> 'released'
"""
ROWS_AT_A_TIME = 1_000
DAY_LENGTH = len("2026-01-31")
RefusedDays = Mapping[str, frozenset[date]]


def refused_entries(
    warehouse: psycopg.Connection, keyring: Keyring
) -> dict[str, RefusedDays]:
    """Return, by feed and id of the entry, on which days refused versions changed it.

    Days are those of UTC. What has one version only has no days: its id suffices.
    """
    found: dict[str, dict[str, frozenset[date]]] = {}
    for feed, line in _lines(warehouse, keyring):
        record_id, *others = next(csv.reader([line]), [""])
        # A patient's fact is called by the patient's key, which comes second.
        if feed == "patients" and others and others[0].isdecimal():
            record_id = f"{int(others[0]):016x}"
        of_feed = found.setdefault(feed, {})
        days = frozenset() if feed in APART else _day_of_change(others)
        of_feed[record_id] = of_feed.get(record_id, frozenset()) | days
    return found


def _day_of_change(fields: list[str]) -> frozenset[date]:
    """Return the day of a line's version; none where it does not tell."""
    try:
        return frozenset({date.fromisoformat(fields[-2][:DAY_LENGTH])})
    except (IndexError, ValueError):
        return frozenset()


def _lines(
    warehouse: psycopg.Connection, keyring: Keyring
) -> Iterator[tuple[str, str]]:
    with warehouse.cursor(name="refused_entries") as cursor:
        cursor.itersize = ROWS_AT_A_TIME
        for feed, address, sealed in cursor.execute(REFUSED, {"source": ADAPTER.name}):
            yield feed, keyring.decrypt(sealed, PLACE + address)
