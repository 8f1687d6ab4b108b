"""The audit trail: append before anything is shown, verify, anchor outside.

Each event carries the hash of the one before (``audit.event``), so a change shows. Who
rules the server could still cut the newest events off and mend the head: therefore
number and hash of each event are also written to a file outside the database.
"""

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

import psycopg

from pipelines.access.pools import pool_of
from pipelines.database.roles import Role
from pipelines.settings import Settings

APPEND = """
    select event_id, hash from audit.append(%s, %s, %s, %s, %s, %s, %s, %s, %s)
"""
UNFINISHED = """
    select event_id, happened_at, user_id, action
    from audit.find_unfinished(make_interval(secs => %s))
"""
# An action takes less than a second; what has no outcome by now will get none.
SECONDS_TO_FINISH = 60
BREAKS = "select event_id, problem from audit.find_breaks()"
LAST_EVENT = "select coalesce(max(event_id), 0) from audit.event"
NOT_AS_ANCHORED = """
    select distinct anchor.event_id
    from unnest(%s::bigint[], %s::bytea[]) as anchor (event_id, hash)
    left join audit.event as event on anchor.event_id = event.event_id
    where event.hash is distinct from anchor.hash
    order by anchor.event_id
"""
ANCHORED_OTHERWISE = "is not the event that was anchored outside"
ANCHOR_UNREADABLE = "the file of anchors is damaged in line"
NO_ANCHORS = "the file of anchors is missing: a cut tail could not be found"


class AuditError(Exception):
    """The audit trail cannot be written, so nothing may be shown."""


class Break(NamedTuple):
    """One place where the trail is not what was written."""

    event_id: int
    problem: str


class Unfinished(NamedTuple):
    """An action that was announced; whether it took place must be looked up."""

    event_id: int
    happened_at: datetime
    user_id: str
    action: str


@dataclass(frozen=True)
class Event:
    """Something that somebody did; never holds a value of a patient.

    What changes another database is announced first (``result`` is ``intended``); its
    outcome names that event as ``intent_id``.
    """

    user_id: str
    role: str
    action: str
    subject: str
    patient_keys: Sequence[int] = ()
    row_count: int = 0
    purpose: str | None = None
    result: str = "ok"
    intent_id: int | None = None


def append(settings: Settings, event: Event) -> int:
    """Write an event and commit it, on a connection of its own; return its number.

    Raises:
        AuditError: it could not be written; show nothing.
    """
    values = (
        event.user_id,
        event.role,
        event.action,
        event.subject,
        sorted(set(event.patient_keys)),
        event.row_count,
        event.purpose,
        event.result,
        event.intent_id,
    )
    try:
        with pool_of(settings, Role.AUDITOR).connection() as connection:
            event_id, event_hash = connection.execute(APPEND, values).fetchone()
        _anchor(anchor_file(settings), event_id, event_hash)
    except (psycopg.Error, OSError) as error:
        msg = "the audit trail cannot be written, so nothing is shown: see 'ehr status'"
        raise AuditError(msg) from error
    return event_id


def find_unfinished(
    connection: psycopg.Connection, seconds: int = SECONDS_TO_FINISH
) -> list[Unfinished]:
    """Return the actions announced longer ago than this and without an outcome.

    Either the process died in between or the audit store was away: what was announced
    may have taken place or not, and somebody must look.
    """
    return [Unfinished(*row) for row in connection.execute(UNFINISHED, (seconds,))]


def anchor_file(settings: Settings) -> Path:
    """Return the file of anchors; copy it to where administrators cannot write."""
    return settings.root / "audit" / "anchors.jsonl"


def verify(settings: Settings, connection: psycopg.Connection) -> list[Break]:
    """Return every break of the trail; ``connection`` may read ``audit.event``."""
    breaks = [Break(*row) for row in connection.execute(BREAKS)]
    path = anchor_file(settings)
    if path.exists():
        anchors, unreadable = _anchors(path)
        breaks += [Break(0, f"{ANCHOR_UNREADABLE} {line}") for line in unreadable]
        found = connection.execute(NOT_AS_ANCHORED, anchors)
        return breaks + [Break(event_id, ANCHORED_OTHERWISE) for (event_id,) in found]
    last_event_id = connection.execute(LAST_EVENT).fetchone()[0]
    return breaks + ([Break(last_event_id, NO_ANCHORS)] if last_event_id else [])


def _anchor(path: Path, event_id: int, event_hash: bytes) -> None:
    """Write an anchor; in one call, so that lines of two processes never mix."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    line = json.dumps({"event_id": event_id, "hash": event_hash.hex()}) + "\n"
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        os.write(descriptor, line.encode())
    finally:
        os.close(descriptor)


def _anchors(path: Path) -> tuple[tuple[list[int], list[bytes]], list[int]]:
    """Return numbers and hashes of the anchored events, and the lines that are none."""
    event_ids, hashes, unreadable = [], [], []
    with path.open() as lines:
        for number, line in enumerate(lines, start=1):
            try:
                anchor = json.loads(line)
                event_id, event_hash = anchor["event_id"], bytes.fromhex(anchor["hash"])
            except (ValueError, KeyError, TypeError):
                unreadable.append(number)
            else:
                event_ids.append(event_id)
                hashes.append(event_hash)
    return (event_ids, hashes), unreadable
