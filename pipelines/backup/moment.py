"""A moment between two commits, at which a copy of the server can be compared.

The source goes on changing while it is copied. So after the copy a restore point is
written into the log, between two looks at which transactions have ended: if none ended
meanwhile, what a snapshot of each database shows is exactly what a server recovered to
that point shows. Nobody waits for it; while commits come too close, it is tried again.
"""

import re
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

import psycopg

from pipelines.backup.repository import BackupError
from pipelines.database.connections import administrator_conninfo
from pipelines.database.databases import DATABASES
from pipelines.database.server_programs import execute
from pipelines.database.service_user import Place
from pipelines.settings import Settings

TRIES = 100
# A commit that is on disk is known to all within microseconds.
SETTLE_SECONDS = 0.02
SNAPSHOT = "select pg_export_snapshot(), pg_current_snapshot()::text"
# Transactions that a snapshot does not see and that have committed by now.
COMMITTED_SINCE = """
    with

    unseen as (
        select pg_snapshot_xip(%(before)s::pg_snapshot)::text::bigint as number
        union
        select generate_series(
            pg_snapshot_xmax(%(before)s::pg_snapshot)::text::bigint,
            pg_snapshot_xmax(pg_current_snapshot())::text::bigint - 1
        )
    )

    select unseen.number
    from unseen
    where pg_xact_status(unseen.number::text::xid8) = 'committed'
"""
COMMIT = re.compile(r"tx:\s+(\d+), lsn: ([0-9A-F]+/[0-9A-F]+).* desc: COMMIT")
XID_BITS = 0xFFFFFFFF


@dataclass(frozen=True)
class Held:
    """A moment, and a snapshot of each database that shows it while this is held."""

    restore_point: str
    taken_at: str
    position: str
    segment: str
    snapshots: dict[str, str]


@contextmanager
def held_moment(settings: Settings, where: Place, name: str) -> Iterator[Held]:
    """Hold a moment between two commits for as long as the block lasts.

    Raises:
        BackupError: commits came too close to one another, at every try.
    """
    with psycopg.connect(
        **administrator_conninfo(settings), autocommit=True
    ) as control:
        for number in range(TRIES):
            with ExitStack() as keepers:
                held = _try_to_hold(
                    settings, where, control, keepers, f"{name}.{number}"
                )
                if held:
                    yield held
                    return
    msg = "no moment between two commits was found: try when less is being written"
    raise BackupError(msg)


def _try_to_hold(
    settings: Settings,
    where: Place,
    control: psycopg.Connection,
    keepers: ExitStack,
    name: str,
) -> Held | None:
    connections = [
        keepers.enter_context(
            psycopg.connect(**administrator_conninfo(settings, database.name))
        )
        for database in DATABASES
    ]
    for connection in connections:
        # Begins a transaction; its first query will take the snapshot.
        connection.execute("set transaction isolation level repeatable read read only")
    begin = _one(control, "select pg_current_wal_insert_lsn()::text")[0]
    taken = [_one(connection, SNAPSHOT) for connection in connections]
    position, taken_at, segment = _one(
        control,
        "select point::text, clock_timestamp()::text, pg_walfile_name(point) "
        "from pg_create_restore_point(%s) as point",
        (name,),
    )
    # Ends the segment and has all of it written to disk.
    _one(control, "select pg_switch_wal()")
    time.sleep(SETTLE_SECONDS)
    for _, snapshot in taken:
        found = control.execute(COMMITTED_SINCE, {"before": snapshot}).fetchall()
        suspects = {number & XID_BITS for (number,) in found}
        if suspects - _committed_after(where, begin, position, suspects):
            return None
    names = (database.name for database in DATABASES)
    exported = (snapshot_id for snapshot_id, _ in taken)
    return Held(
        name, taken_at, position, segment, dict(zip(names, exported, strict=True))
    )


def _committed_after(
    where: Place, begin: str, position: str, suspects: set[int]
) -> set[int]:
    """Return which transactions committed after a position, by the log itself."""
    if not suspects:
        return set()
    arguments = ("-p", str(where.data_folder / "pg_wal"), "-s", begin, "-q")
    # It reads to where the log ends, which it calls an error.
    printed = execute(where, "pg_waldump", *arguments, "-r", "Transaction").stdout
    commits = {int(xid): lsn for xid, lsn in COMMIT.findall(printed)}
    return {
        suspect
        for suspect in suspects
        if suspect in commits and _bytes(commits[suspect]) > _bytes(position)
    }


def _bytes(position: str) -> int:
    high, _, low = position.partition("/")
    return (int(high, 16) << 32) + int(low, 16)


def _one(connection: psycopg.Connection, query: str, values: tuple = ()) -> tuple:
    return connection.execute(query, values).fetchone() or ()
