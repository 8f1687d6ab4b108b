"""A moment between two commits, at which a copy of the server can be compared.

The source goes on changing while it is copied. So after the copy each database is asked
for a snapshot, and then the log for the order of commits: there is a position in it
before which everything committed that the snapshots see, and behind which everything
that they do not. A server recovered to that position shows exactly what they show.
Nobody waits for it; where commits became visible in another order, it is tried again.
"""

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

import psycopg

from pipelines.backup.commits import Commit, read_commits
from pipelines.backup.repository import BackupError
from pipelines.database.connections import administrator_conninfo
from pipelines.database.databases import DAGSTER, RECORD, WAREHOUSE
from pipelines.database.service_user import Place
from pipelines.settings import Settings

TRIES = 30
FLUSH_SECONDS = 1.0
LOOK_SECONDS = 0.002
# The busiest one is asked last.
IN_ORDER = (DAGSTER, RECORD, WAREHOUSE)
SNAPSHOT = "select pg_export_snapshot(), pg_current_snapshot()::text"
NOW = """
    select lsn::text, clock_timestamp()::text, pg_walfile_name(lsn)
    from pg_current_wal_insert_lsn() as lsn
"""
FLUSHED = "select pg_current_wal_flush_lsn() >= %s::pg_lsn"
# Ends the segment, so that what a recovery needs to stop there is on disk and whole. A
# log that stands at the border of two has ended one already: its name is that before.
END_SEGMENT = "select pg_walfile_name(pg_switch_wal() - 1::numeric)"
DATABASE_NUMBERS = "select oid, datname from pg_database where datname = any(%s)"


@dataclass(frozen=True)
class Held:
    """A moment, and a snapshot of each database that shows it while this is held."""

    position: str
    taken_at: str
    segment: str
    snapshots: dict[str, str]


@dataclass(frozen=True)
class Snapshot:
    """What a snapshot sees: transactions before ``end``, but for those in progress."""

    begin: int
    end: int
    in_progress: frozenset[int]

    @classmethod
    def parse(cls, text: str) -> "Snapshot":
        """Return the snapshot that PostgreSQL writes as begin:end:in progress."""
        begin, end, running = text.split(":")
        numbers = frozenset(int(each) for each in running.split(",") if each)
        return cls(int(begin), int(end), numbers)

    def sees(self, short_number: int) -> bool:
        """Return whether it sees a transaction that the log tells with 32 bits."""
        number = (self.end & ~0xFFFFFFFF) | short_number
        if number > self.end + (1 << 31):
            number -= 1 << 32
        return number < self.end and number not in self.in_progress


@contextmanager
def held_moment(settings: Settings, where: Place) -> Iterator[Held]:
    """Hold a moment between two commits for as long as the block lasts.

    Raises:
        BackupError: commits became visible in another order, at every try.
    """
    with psycopg.connect(
        **administrator_conninfo(settings), autocommit=True
    ) as control:
        for _ in range(TRIES):
            with ExitStack() as keepers:
                begun = _one(control, NOW)
                exported, seen = _take(settings, keepers)
                position = _between(control, where, begun, seen)
                if position:
                    (segment,) = _one(control, END_SEGMENT)
                    yield Held(position, begun[1], segment, exported)
                    return
    msg = "no moment between two commits was found: try when less is being written"
    raise BackupError(msg)


def position_between(
    commits: list[Commit], seen: dict[str, Snapshot], earliest: int
) -> int | None:
    """Return a position that parts what the snapshots see from what they do not."""
    low, high = earliest, None
    for commit in commits:
        for database, snapshot in seen.items():
            if not commit.may_belong_to(database):
                continue
            if snapshot.sees(commit.number):
                low = max(low, commit.position + 1)
            else:
                high = min(high or commit.position, commit.position)
    return low if high is None or low <= high else None


def _take(
    settings: Settings, keepers: ExitStack
) -> tuple[dict[str, str], dict[str, Snapshot]]:
    """Take a snapshot of each database; return what it is called and what it sees."""
    connections = {
        each: keepers.enter_context(
            psycopg.connect(**administrator_conninfo(settings, each))
        )
        for each in IN_ORDER
    }
    for connection in connections.values():
        # Begins a transaction; its first query will take the snapshot.
        connection.execute("set transaction isolation level repeatable read read only")
    taken = {name: _one(each, SNAPSHOT) for name, each in connections.items()}
    exported = {name: row[0] for name, row in taken.items()}
    return exported, {name: Snapshot.parse(row[1]) for name, row in taken.items()}


def _between(
    control: psycopg.Connection,
    where: Place,
    begun: tuple,
    seen: dict[str, Snapshot],
) -> str | None:
    """Return the position in the log that the snapshots show, None if there is none."""
    (until, _, _) = _one(control, NOW)
    _wait_until_flushed(control, until)
    names = {
        int(number): name
        for number, name in control.execute(DATABASE_NUMBERS, (list(IN_ORDER),))
    }
    commits = read_commits(where, begun[2], names)
    found = position_between(commits, seen, _number(begun[0]))
    return None if found is None else f"{found >> 32:X}/{found & 0xFFFFFFFF:X}"


def _wait_until_flushed(control: psycopg.Connection, position: str) -> None:
    """Wait until the log is on disk up to a position; hurry it when nobody commits."""
    limit = time.monotonic() + FLUSH_SECONDS
    while not _one(control, FLUSHED, (position,))[0]:
        if time.monotonic() > limit:
            _one(control, END_SEGMENT)
        time.sleep(LOOK_SECONDS)


def _number(position: str) -> int:
    high, _, low = position.partition("/")
    return (int(high, 16) << 32) + int(low, 16)


def _one(connection: psycopg.Connection, query: str, values: tuple = ()) -> tuple:
    return connection.execute(query, values).fetchone() or ()
