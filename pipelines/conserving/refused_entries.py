"""Entries of the record that were refused on the way: they wait, they are not lost.

Which ones is told by the first fields of their original lines, which are opened for
that and not kept.
"""

import csv
from collections.abc import Iterator

import psycopg

from pipelines.access.keyring import Keyring
from pipelines.landing.quarantine import PLACE
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


def refused_entries(
    warehouse: psycopg.Connection, keyring: Keyring
) -> dict[str, frozenset[str]]:
    """Return, by feed, the ids of entries of which a version is not to land yet."""
    found: dict[str, set[str]] = {}
    for feed, line in _lines(warehouse, keyring):
        record_id, *others = next(csv.reader([line]), [""])
        # A patient's fact is called by the patient's key, which comes second.
        is_key = feed == "patients" and others and others[0].isdecimal()
        found.setdefault(feed, set()).add(
            f"{int(others[0]):016x}" if is_key else record_id
        )
    return {feed: frozenset(ids) for feed, ids in found.items()}


def _lines(
    warehouse: psycopg.Connection, keyring: Keyring
) -> Iterator[tuple[str, str]]:
    with warehouse.cursor(name="refused_entries") as cursor:
        cursor.itersize = ROWS_AT_A_TIME
        for feed, address, sealed in cursor.execute(REFUSED, {"source": ADAPTER.name}):
            yield feed, keyring.decrypt(sealed, PLACE + address)
