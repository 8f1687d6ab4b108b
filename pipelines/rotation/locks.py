"""Takes its turn among those who work: nobody waits long for a rotation."""

import time
from collections.abc import Callable
from typing import TypeVar

import psycopg

from pipelines.rotation.failures import RotationError

# Whoever asks for a page meanwhile waits behind us, at most so long and not often.
LOCK_TIMEOUT = "200ms"
PAUSE_SECONDS = 0.1
LONGEST_PAUSE_SECONDS = 5.0
MOST_SECONDS = 1800
SET_TIMEOUT = "select set_config('lock_timeout', %s, true)"
OPEN_TRANSACTIONS = """
    select virtualtransaction from pg_locks
    where locktype = 'virtualxid' and pid <> pg_backend_pid()
"""
Result = TypeVar("Result")


def within(owner: psycopg.Connection, work: Callable[[], Result]) -> Result:
    """Do some work in one transaction; try again while others hold what it needs.

    Raises:
        RotationError: they hold it for half an hour.
    """
    end = time.monotonic() + MOST_SECONDS
    pause = PAUSE_SECONDS
    while time.monotonic() < end:
        try:
            with owner.transaction():
                owner.execute(
                    "select set_config('lock_timeout', %s, true)", (LOCK_TIMEOUT,)
                )
                return work()
        except (psycopg.errors.LockNotAvailable, psycopg.errors.DeadlockDetected):
            time.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE_SECONDS)
    msg = "another transaction holds a table all the time: run 'ehr key rotate' later"
    raise RotationError(msg)


def wait_for_transactions(owner: psycopg.Connection) -> None:
    """Wait until every transaction that is open now has ended.

    One that began earlier may still read a value as it was before.

    Raises:
        RotationError: one is still open after half an hour.
    """
    awaited = _open_transactions(owner)
    end = time.monotonic() + MOST_SECONDS
    while time.monotonic() < end:
        awaited &= _open_transactions(owner)
        if not awaited:
            return
        time.sleep(PAUSE_SECONDS)
    msg = (
        "a transaction has been open for half an hour and may still need the old keys: "
        "end it (pg_stat_activity), then run 'ehr key rotate' again"
    )
    raise RotationError(msg)


def _open_transactions(owner: psycopg.Connection) -> set[str]:
    return {name for (name,) in owner.execute(OPEN_TRANSACTIONS)}
