"""Retention: months older than six years are exported whole, then taken away.

Events are kept for six years (45 CFR 164.316(b)(2)). The export lies in
``EHR_HOME/audit/months`` until somebody moves it to where it is kept; its SHA-256
stands in the trail, sealed, so that a changed file is found.
"""

import gzip
import hashlib
from collections.abc import Iterator

import psycopg

from pipelines.access.audit_anchors import anchor_event
from pipelines.access.audit_verification import month_file
from pipelines.access.spool_file import write_whole
from pipelines.database.connections import connect
from pipelines.database.roles import Role
from pipelines.settings import Settings

OLD_MONTHS = """
    select distinct month
    from audit.event
    where month + interval '1 month' <= (now() at time zone 'UTC') - interval '6 years'
    order by month
"""
EVENTS = """
    select to_jsonb(event.*)::text from audit.event as event
    where event.month = %s order by event.event_id
"""
CLOSE = "select event_id, hash from audit.close_month(%s, %s, %s)"
AHEAD = """
    select audit.ensure_month(
        audit.month_of(clock_timestamp() + make_interval(months => ahead))
    )
    from generate_series(0, 2) as ahead
"""


def close_old_months(settings: Settings, operator: str) -> list[str]:
    """Export and take away every month that is older than six years; return them.

    Raises:
        psycopg.Error: the trail is broken, or cannot be written; nothing was lost.
    """
    with connect(settings, Role.OWNER, autocommit=True) as owner:
        months = [month for (month,) in owner.execute(OLD_MONTHS)]
        return [_closed(settings, owner, month, operator) for month in months]


def make_months_ahead(settings: Settings) -> None:
    """Make the partitions of the coming months, so that no page has to."""
    with connect(settings, Role.OWNER) as owner:
        owner.execute(AHEAD)


def _closed(
    settings: Settings, owner: psycopg.Connection, month: object, operator: str
) -> str:
    name = f"{month:%Y-%m}"
    content = gzip.compress(b"".join(_lines(owner, month)), mtime=0)
    path = month_file(settings, name)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    write_whole(path, content)
    digest = hashlib.sha256(content).digest()
    event_id, event_hash = owner.execute(CLOSE, (month, digest, operator)).fetchone()
    anchor_event(settings, event_id, event_hash)
    return name


def _lines(owner: psycopg.Connection, month: object) -> Iterator[bytes]:
    for (line,) in owner.execute(EVENTS, (month,)):
        yield f"{line}\n".encode()
