"""The outbox: what is to be told, what was, and when a channel is tried again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import psycopg
from psycopg.rows import class_row

# Tried again after half a minute, then twice as long each time, up to an hour.
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=30), timedelta(hours=1)
# Any number, the same everywhere: one sender at a time tells nothing twice.
SENDER_LOCK = 5_290_417
ENTER = "select quality.enter_alerts(%s)"
LOCK = "select pg_try_advisory_lock(%s)"
UNLOCK = "select pg_advisory_unlock(%s)"
# What was entered before a channel was set up is no news for it.
BEGIN = """
    insert into quality.alert_channel (channel)
    values (%s)
    on conflict do nothing
"""
UNSENT = """
    select
        alert_id,
        kind_code,
        source_system,
        check_id,
        subject,
        severity,
        sentence,
        life_code,
        applicable_count,
        broken_count,
        patients_count,
        run_number,
        happened_at
    from quality.unsent_alert
    where channel = %s
    order by alert_id
"""
IS_DUE = """
    select coalesce(next_try_at <= clock_timestamp(), true)
    from quality.alert_channel
    where channel = %s
"""
NOTE_SENT = """
    insert into quality.alert_sent (alert_id, channel)
    values (%s, %s)
    on conflict do nothing
"""
NOTE_WELL = """
    update quality.alert_channel
    set failed_tries = 0, problem = null, failed_at = null, next_try_at = null
    where channel = %s
"""
NOTE_FAILURE = """
    update quality.alert_channel
    set
        failed_tries = failed_tries + 1,
        problem = %(problem)s,
        failed_at = clock_timestamp(),
        next_try_at = clock_timestamp()
        + least(%(longest)s, %(first)s * power(2, least(failed_tries, 20)))
    where channel = %(channel)s
"""


@dataclass(frozen=True)
class Alert:
    """One turn that is told."""

    alert_id: int
    kind_code: str
    source_system: str
    check_id: str | None
    subject: str | None
    severity: str
    sentence: str | None
    life_code: str | None
    applicable_count: int | None
    broken_count: int | None
    patients_count: int | None
    run_number: int
    happened_at: datetime


def take_turn(connection: psycopg.Connection) -> bool:
    """Return whether nobody else is sending; keep the turn until it is given back."""
    return connection.execute(LOCK, (SENDER_LOCK,)).fetchone()[0]


def give_turn_back(connection: psycopg.Connection) -> None:
    """Let others send."""
    connection.execute(UNLOCK, (SENDER_LOCK,))


def begin_channel(connection: psycopg.Connection, channel: str) -> None:
    """Let a channel be told of what is entered from now on."""
    connection.execute(BEGIN, (channel,))


def enter_news(connection: psycopg.Connection, least_severity: str) -> int:
    """Enter what turned and is not entered yet; return how many turns."""
    return connection.execute(ENTER, (least_severity,)).fetchone()[0]


def unsent(connection: psycopg.Connection, channel: str) -> list[Alert]:
    """Return what a channel has not taken yet, the oldest first."""
    with connection.cursor(row_factory=class_row(Alert)) as cursor:
        return cursor.execute(UNSENT, (channel,)).fetchall()


def is_due(connection: psycopg.Connection, channel: str) -> bool:
    """Return whether a channel may be tried now: not while it rests after a failure."""
    return connection.execute(IS_DUE, (channel,)).fetchone()[0]


def note_sent(
    connection: psycopg.Connection, channel: str, alerts: Sequence[Alert]
) -> None:
    """Keep that a channel took these alerts."""
    with connection.transaction(), connection.cursor() as cursor:
        cursor.executemany(NOTE_SENT, [(each.alert_id, channel) for each in alerts])
        cursor.execute(NOTE_WELL, (channel,))


def note_failure(connection: psycopg.Connection, channel: str, problem: str) -> None:
    """Keep why a channel took nothing, and let it rest, longer each time."""
    values = {
        "channel": channel,
        "problem": problem,
        "first": FIRST_PAUSE,
        "longest": LONGEST_PAUSE,
    }
    connection.execute(NOTE_FAILURE, values)
