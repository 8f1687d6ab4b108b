"""Whether the trail, the spool and the exported months are what was written."""

import hashlib
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

import psycopg

from pipelines.access.audit_anchors import Anchors, anchor_file, read_anchors
from pipelines.access.spool import Spool
from pipelines.settings import Settings

UNFINISHED = """
    select event_id, happened_at, user_id, action
    from audit.find_unfinished(make_interval(secs => %s))
"""
# An action takes less than a second; what has no outcome by now will get none.
SECONDS_TO_FINISH = 60
BREAKS = "select event_id, problem from audit.find_breaks()"
LAST_EVENT = "select coalesce(max(event_id), 0) from audit.event"
# Of a month that was taken away, the last event still tells its hash.
NOT_AS_ANCHORED = """
    with

    known as (
        select event.event_id, event.hash from audit.event as event
        union all
        select closed.last_event_id, closed.closing_hash
        from audit.closed_month as closed
    )

    select distinct anchor.event_id
    from unnest(%s::bigint[], %s::bytea[]) as anchor (event_id, hash)
    left join known on anchor.event_id = known.event_id
    where known.hash is distinct from anchor.hash
        and (
            known.event_id is not null
            or anchor.event_id > (
                select coalesce(max(closed.last_event_id), 0)
                from audit.closed_month as closed
            )
        )
    order by anchor.event_id
"""
# Entries of months that were taken away went with them.
LOST_ENTRIES = """
    select kept.entry_id
    from unnest(%s::uuid[], %s::timestamptz[]) as kept (entry_id, kept_at)
    where not exists (
        select 1 from audit.event as event where event.entry_id = kept.entry_id
    )
    and kept.kept_at >= (
        select coalesce(max(closed.month) + interval '1 month', '-infinity')
        from audit.closed_month as closed
    )
"""
CLOSED_MONTHS = """
    select to_char(month, 'YYYY-MM'), last_event_id, export_sha256
    from audit.closed_month order by month
"""
ANCHORED_OTHERWISE = "is not the event that was anchored outside"
ANCHOR_UNREADABLE = "the file of anchors is damaged in line"
NO_ANCHORS = "the file of anchors is missing: a cut tail could not be found"
LOST_FROM_SPOOL = "what the spool kept is neither in the trail nor in the spool: entry"


class Break(NamedTuple):
    """One place where the trail is not what was written; 0 where no event is meant."""

    event_id: int
    problem: str


class Unfinished(NamedTuple):
    """An action that was announced; whether it took place must be looked up."""

    event_id: int
    happened_at: datetime
    user_id: str
    action: str


def verify(settings: Settings, connection: psycopg.Connection) -> list[Break]:
    """Return every break of the trail; ``connection`` may read ``audit.event``."""
    breaks = [Break(*row) for row in connection.execute(BREAKS)]
    path = anchor_file(settings)
    if path.exists():
        breaks += _anchor_breaks(settings, connection, read_anchors(path))
    elif last_event_id := connection.execute(LAST_EVENT).fetchone()[0]:
        breaks.append(Break(last_event_id, NO_ANCHORS))
    breaks += [Break(0, problem) for problem in Spool(settings).problems()]
    return breaks + _export_breaks(settings, connection)


def find_unfinished(
    connection: psycopg.Connection, seconds: int = SECONDS_TO_FINISH
) -> list[Unfinished]:
    """Return the actions announced longer ago than this and without an outcome.

    Either the process died in between or the audit store was away: what was announced
    may have taken place or not, and somebody must look.
    """
    return [Unfinished(*row) for row in connection.execute(UNFINISHED, (seconds,))]


def month_file(settings: Settings, month: str) -> Path:
    """Return where the events of a closed month lie, until they are moved away."""
    return settings.root / "audit" / "months" / f"{month}.jsonl.gz"


def _anchor_breaks(
    settings: Settings, connection: psycopg.Connection, anchors: Anchors
) -> list[Break]:
    breaks = [Break(0, f"{ANCHOR_UNREADABLE} {line}") for line in anchors.unreadable]
    found = connection.execute(NOT_AS_ANCHORED, (anchors.event_ids, anchors.hashes))
    breaks += [Break(event_id, ANCHORED_OTHERWISE) for (event_id,) in found]
    waiting = {entry["entry_id"] for entry in Spool(settings).entries()}
    kept = [each for each in anchors.entries if str(each[0]) not in waiting]
    values = ([entry_id for entry_id, _ in kept], [moment for _, moment in kept])
    lost = connection.execute(LOST_ENTRIES, values)
    return breaks + [Break(0, f"{LOST_FROM_SPOOL} {entry_id}") for (entry_id,) in lost]


def _export_breaks(settings: Settings, connection: psycopg.Connection) -> list[Break]:
    """Return which exported months, of those that still lie here, were changed."""
    breaks = []
    for month, last_event_id, digest in connection.execute(CLOSED_MONTHS):
        path = month_file(settings, month)
        if path.exists() and hashlib.sha256(path.read_bytes()).digest() != digest:
            breaks.append(Break(last_event_id, f"the file {path.name} was changed"))
    return breaks
