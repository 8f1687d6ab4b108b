"""The audit trail: append before anything is shown, verify, anchor outside.

Each event carries the hash of the one before (``audit.event``), so a change shows. Who
rules the server could still cut the newest events off and mend the head: therefore
number and hash of the last event are also written to a file outside the database.
"""

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import psycopg

from pipelines.access.pools import pool_of
from pipelines.database.roles import Role
from pipelines.settings import Settings

ANCHOR_SECONDS = 60
APPEND = "select event_id, hash from audit.append(%s, %s, %s, %s, %s, %s, %s, %s)"
BREAKS = "select event_id, problem from audit.find_breaks()"
HASH_OF_EVENT = "select hash from audit.event where event_id = %s"


class AuditError(Exception):
    """The audit trail cannot be written, so nothing may be shown."""


class Break(NamedTuple):
    """One place where the trail is not what was written."""

    event_id: int
    problem: str


@dataclass(frozen=True)
class Event:
    """Something that somebody did; never holds a value of a patient."""

    user_id: str
    role: str
    action: str
    subject: str
    patient_keys: Sequence[int] = ()
    row_count: int = 0
    purpose: str | None = None
    result: str = "ok"


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
    )
    try:
        with pool_of(settings, Role.AUDITOR).connection() as connection:
            event_id, event_hash = connection.execute(APPEND, values).fetchone()
    except psycopg.Error as error:
        msg = "the audit trail cannot be written, so nothing is shown: see 'ehr status'"
        raise AuditError(msg) from error
    _anchor(anchor_file(settings), event_id, event_hash)
    return event_id


def anchor_file(settings: Settings) -> Path:
    """Return the file of anchors; copy it to where administrators cannot write."""
    return settings.root / "audit" / "anchors.jsonl"


def verify(settings: Settings, connection: psycopg.Connection) -> list[Break]:
    """Return every break of the trail; ``connection`` may read ``audit.event``."""
    breaks = [Break(*row) for row in connection.execute(BREAKS)]
    for event_id, anchored in _anchors(anchor_file(settings)):
        found = connection.execute(HASH_OF_EVENT, (event_id,)).fetchone()
        if found is None or found[0].hex() != anchored:
            breaks.append(Break(event_id, "is not the event that was anchored outside"))
    return breaks


def _anchor(path: Path, event_id: int, event_hash: bytes) -> None:
    """Write an anchor if the last one is older than a minute."""
    if path.exists() and time.time() - path.stat().st_mtime < ANCHOR_SECONDS:
        return
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with path.open("a") as lines:
        lines.write(json.dumps({"event_id": event_id, "hash": event_hash.hex()}) + "\n")


def _anchors(path: Path) -> list[tuple[int, str]]:
    if not path.exists():
        return []
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    return [(line["event_id"], line["hash"]) for line in lines]
