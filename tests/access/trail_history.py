"""A trail that goes back for years, written by the owner as the trail itself writes."""

from datetime import UTC, datetime

import psycopg

from pipelines.access.audit_anchors import anchor_event
from pipelines.settings import Settings

# audit.enter chains whatever moment it is given, as long as no later month has begun.
REWIND = "update audit.head set month = '-infinity' where event_id = 0"
ENTER = """
    select (entered).event_id, (entered).hash from (
        select audit.enter(row(
            0, '-infinity'::date, %(moment)s, %(moment)s, %(user_id)s, 'doctor', 'read',
            'chart', %(patient_keys)s::bigint[], 1, null, 'ok', null,
            gen_random_uuid(), false, '192.0.2.1', 2, '', ''
        )::audit.event) as entered
    ) as made
"""


def month_ago(months: int) -> datetime:
    """Return the 15th, noon, of a month this many before this one."""
    now = datetime.now(UTC)
    index = now.year * 12 + now.month - 1 - months
    return datetime(index // 12, index % 12 + 1, 15, 12, tzinfo=UTC)


def write_history(
    settings: Settings, owner: psycopg.Connection, months: list[int], events: int
) -> None:
    """Write events into months so long ago, oldest first, in an empty trail."""
    owner.execute(REWIND)
    for ago in months:
        for number in range(events):
            values = {
                "moment": month_ago(ago),
                "user_id": f"doctor.{number % 3}",
                "patient_keys": [number, number + 1],
            }
            anchor_event(settings, *owner.execute(ENTER, values).fetchone())
