"""The audit trail: append before anything is shown, verify, anchor outside.

Each event carries the hash of the one before (``audit.event``), so a change shows. Who
rules the server could still cut the newest events off and mend the head: therefore
number and hash of each event are also written to a file outside the database.

While the trail cannot be written, care goes on: events of care wait in the spool. If
that cannot be written either, nothing is shown. What is no care waits for the trail.
"""

import logging
import time
from collections.abc import Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import psycopg

from pipelines.access.audit_anchors import anchor_entry, anchor_event, anchor_file
from pipelines.access.audit_verification import (
    LAST_EVENT,
    Break,
    Unfinished,
    find_unfinished,
    verify,
)
from pipelines.access.encryption import KeyringError
from pipelines.access.pools import pool_of
from pipelines.access.spool import Entry, Spool, SpoolState
from pipelines.database.roles import Role
from pipelines.settings import Settings

__all__ = (
    "LAST_EVENT", "AuditError", "Break", "Event", "Unfinished", "anchor_file", "append",
    "client_address", "find_unfinished", "forget_failures", "replay", "verify",
    "waiting",
)  # fmt: skip
APPEND = """
    select event_id, hash from audit.append(
        %(user_id)s, %(role)s, %(action)s, %(subject)s, %(patient_keys)s, %(row_count)s,
        %(purpose)s, %(result)s, %(intent_id)s, %(entry_id)s, %(intent_entry_id)s,
        %(client_address)s, %(kept_at)s
    )
"""
# Whose work goes on while the trail is away; a failed sign-in has no role yet.
CARE = frozenset({"doctor", "nurse", "lab_technician", "registrar", "patient", ""})
# For so long after a failure nobody waits for the trail again.
SECONDS_AWAY = 15.0
PROBE_SECONDS = 1.0
# An event that the trail refuses would be refused again: it is no case for the spool.
REFUSED = (psycopg.errors.DataError, psycopg.errors.IntegrityError)
UNWRITABLE = "the audit trail cannot be written, so nothing is shown: see 'ehr status'"

logger = logging.getLogger(__name__)
client_address: ContextVar[str | None] = ContextVar("client_address", default=None)
_away_until: dict[Path, float] = {}


class AuditError(Exception):
    """The audit trail cannot be written, so nothing may be shown."""


@dataclass(frozen=True)
class Event:
    """Something that somebody did; never holds a value of a patient.

    What changes another database is announced first (``result`` is ``intended``); its
    outcome names that event, by what ``append`` returned, as ``intent_id``.
    """

    user_id: str
    role: str
    action: str
    subject: str
    patient_keys: Sequence[int] = ()
    row_count: int = 0
    purpose: str | None = None
    result: str = "ok"
    intent_id: int | UUID | None = None


def append(settings: Settings, event: Event) -> int | UUID:
    """Write an event and commit it, on a connection of its own.

    Returns its number in the trail, or the id under which the spool keeps it.

    Raises:
        AuditError: it is not written, by trail or, for care, spool; show nothing.
    """
    entry = _entry_of(event)
    try:
        if entry["role"] not in CARE:
            replay(settings)
            return _sent(settings, entry)
        spool = Spool(settings)
        if not spool.is_waiting and (event_id := _tried(settings, entry)):
            return event_id
        return _spooled(settings, spool, entry)
    except (psycopg.Error, OSError, KeyringError) as error:
        raise AuditError(UNWRITABLE) from error


def replay(settings: Settings) -> int:
    """Bring what waits in the spool into the trail; return how many events.

    Raises:
        psycopg.Error: the trail is still away; what it has not taken waits on.
    """
    spool, count = Spool(settings), 0
    while spool.is_waiting and (
        taken := spool.replay(lambda entries: _send_all(settings, entries))
    ):
        count += taken
    return count


def waiting(settings: Settings) -> SpoolState:
    """Return how much waits for the trail, and since when."""
    return Spool(settings).state()


def forget_failures() -> None:
    """Try the trail again at once, however long ago it failed."""
    _away_until.clear()


def _entry_of(event: Event) -> dict[str, Any]:
    """Return an event as the trail and the spool take it."""
    is_spooled_intent = isinstance(event.intent_id, UUID)
    return {
        "user_id": _clean(event.user_id),
        "role": str(event.role),
        "action": _clean(event.action),
        "subject": _clean(event.subject),
        "patient_keys": sorted({int(key) for key in event.patient_keys}),
        "row_count": int(event.row_count),
        "purpose": None if event.purpose is None else _clean(event.purpose),
        "result": event.result,
        "intent_id": None if is_spooled_intent else event.intent_id,
        "entry_id": str(uuid4()),
        "intent_entry_id": str(event.intent_id) if is_spooled_intent else None,
        "client_address": client_address.get(),
        "kept_at": None,
    }


def _clean(text: str) -> str:
    """Return a text that PostgreSQL can keep."""
    return text.replace("\x00", "\ufffd").encode(errors="replace").decode()


def _tried(settings: Settings, entry: Entry) -> int | None:
    """Return the event's number; None if the trail is away."""
    if _is_away(settings):
        return None
    try:
        return _sent(settings, entry)
    except REFUSED:
        raise
    except psycopg.Error as error:
        _note_away(settings, error)
        return None


def _sent(settings: Settings, entry: Entry) -> int:
    with _auditor(settings) as connection:
        event_id, event_hash = connection.execute(APPEND, entry).fetchone()
    anchor_event(settings, event_id, event_hash)
    _away_until.pop(settings.root, None)
    return event_id


def _send_all(settings: Settings, entries: Sequence[Entry]) -> None:
    with _auditor(settings) as connection, connection.transaction():
        rows = [connection.execute(APPEND, entry).fetchone() for entry in entries]
    for event_id, event_hash in rows:
        anchor_event(settings, event_id, event_hash)
    _away_until.pop(settings.root, None)


def _spooled(settings: Settings, spool: Spool, entry: dict[str, Any]) -> UUID:
    """Keep an entry on the disk, then try whether the trail is back."""
    kept_at = datetime.now(UTC).isoformat()
    spool.add({**entry, "kept_at": kept_at})
    entry_id = UUID(entry["entry_id"])
    anchor_entry(settings, entry_id, kept_at)
    if not _is_away(settings):
        try:
            replay(settings)
        except psycopg.Error as error:
            _note_away(settings, error)
    return entry_id


def _auditor(settings: Settings) -> Any:
    pool = pool_of(settings, Role.AUDITOR)
    was_away = settings.root in _away_until
    return pool.connection(timeout=PROBE_SECONDS if was_away else None)


def _is_away(settings: Settings) -> bool:
    return time.monotonic() < _away_until.get(settings.root, 0.0)


def _note_away(settings: Settings, error: psycopg.Error) -> None:
    _away_until[settings.root] = time.monotonic() + SECONDS_AWAY
    logger.error("the audit trail is away (%s): events wait", type(error).__name__)
