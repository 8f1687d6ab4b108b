"""What is new in the record since the last extract: nothing twice, nothing skipped.

The position is a snapshot, not a time and not a number. A time skips the row of a
transaction that began earlier and commits later; so does the highest number seen. A
snapshot names the transactions that were still running when it was taken, and what one
of these wrote is new the next time. A long load elsewhere on the server delays nothing.

Every version of an entry is a row of its own, so a correction arrives as the next
version of its fact and an entry made in error as the version that closes it.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

import psycopg
from psycopg import sql

from pipelines.access.encryption import Keyring
from pipelines.feeds.catalogue import DOMAIN_OF, FEEDS
from pipelines.feeds.contract import ColumnType, Feed
from pipelines.record.tables import APART, place_of, recorded_feeds, table_of

# A snapshot that sees nothing: where reading begins.
BEGINNING = "1:1:"
ROWS_AT_A_TIME = 5_000
# A restored server counts from further back; then everything is read again, and what
# landed before is known and adds nothing.
SNAPSHOTS = """
    select
        pg_current_snapshot()::text,
        case
            when pg_snapshot_xmax(%(seen)s::pg_snapshot)
                <= pg_snapshot_xmax(pg_current_snapshot())
                then %(seen)s
            else %(beginning)s
        end
"""
ACKNOWLEDGEMENTS = "acknowledgements"
PRESENT = "select to_regclass(%s) is not null"
NEW = """
    from {table}
    where {writer} >= pg_snapshot_xmin({seen}::pg_snapshot)
        and not pg_visible_in_snapshot({writer}, {seen}::pg_snapshot)
"""
AN_INSTANT = """to_char({} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as {}"""
IS_THERE_NEWS = "select exists (select 1 {new})"


@dataclass(frozen=True)
class Extract:
    """What was new: rows by feed, and the snapshot that it was read by."""

    rows: dict[str, int]
    snapshot: str


def extract(
    record: psycopg.Connection, seen: str | None, folder: Path, keyring: Keyring
) -> Extract:
    """Write what the record holds and the snapshot ``seen`` does not see, as csv.

    A feed without news has no file. Sealed values are opened: the delivery is sealed
    as a whole in the archive, and its values anew where they land. ``record`` must be
    outside a transaction.
    """
    record.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
    record.read_only = True
    with record.transaction():
        snapshot, since = _snapshots(record, seen)
        rows = {
            feed.name: _write(record, feed, since, folder, keyring)
            for feed in _feeds_with_news(record, since)
        }
    return Extract(rows, snapshot)


def has_news(record: psycopg.Connection, seen: str | None) -> bool:
    """Return whether an extract would hold anything."""
    _, since = _snapshots(record, seen)
    return next(_feeds_with_news(record, since), None) is not None


def _feeds_with_news(record: psycopg.Connection, since: str) -> Iterator[Feed]:
    """Yield the feeds of which there is something new; a table that lacks has none."""
    for feed in (FEEDS[ACKNOWLEDGEMENTS], *recorded_feeds()):
        name = f"{DOMAIN_OF[feed.name]}.{feed.name}"
        if not record.execute(PRESENT, (name,)).fetchone()[0]:
            continue
        statement = sql.SQL(IS_THERE_NEWS).format(new=_new(feed, since))
        if record.execute(statement).fetchone()[0]:
            yield feed


def _write(
    record: psycopg.Connection,
    feed: Feed,
    since: str,
    folder: Path,
    keyring: Keyring,
) -> int:
    """Write a feed's file; return its rows."""
    path = folder / f"{feed.name}.csv"
    with path.open("x", newline="", encoding="utf-8") as file:
        return _write_rows(record, feed, since, file, keyring)


def _write_rows(
    record: psycopg.Connection,
    feed: Feed,
    since: str,
    file: TextIO,
    keyring: Keyring,
) -> int:
    statement = sql.SQL("select {columns} {new} order by {order}").format(
        columns=_columns(feed), new=_new(feed, since), order=_order(feed)
    )
    sealed = [column.name for column in feed.direct_columns]
    writer = csv.writer(file, lineterminator="\n")
    with record.cursor(name="extract") as cursor:
        cursor.itersize = ROWS_AT_A_TIME
        cursor.execute(statement)
        names = [column.name for column in cursor.description or ()]
        writer.writerow(names[1:])
        written = 0
        for row in cursor:
            writer.writerow(_opened(feed, names, row, sealed, keyring)[1:])
            written += 1
    return written


def _opened(
    feed: Feed,
    names: list[str],
    row: tuple[Any, ...],
    sealed: list[str],
    keyring: Keyring,
) -> list[Any]:
    """Return a row with its sealed values opened; its version id comes first."""
    values = list(row)
    for name in sealed:
        at = names.index(name)
        if values[at] is not None:
            values[at] = keyring.decrypt(values[at], place_of(feed, name, row[0]))
    return values


def _columns(feed: Feed) -> sql.Composed:
    """Return what a delivery of the feed holds, after the id of the version."""
    if feed.name in APART:
        return _of_acknowledgements(feed)
    parts = [sql.SQL("version_id"), sql.SQL("record_id")]
    if feed.has_patient:
        parts.append(sql.SQL("patient_key as source_patient_id"))
    parts += [_column(column.name, column.type) for column in feed.columns]
    parts.append(_instant("changed_at", "source_updated_at"))
    parts.append(sql.SQL("is_entered_in_error as is_deleted"))
    return sql.SQL(", ").join(parts)


def _of_acknowledgements(feed: Feed) -> sql.Composed:
    parts = [
        sql.SQL("acknowledgement_id as version_id, acknowledgement_id as record_id"),
        sql.SQL("patient_key as source_patient_id"),
        *(_column(column.name, column.type) for column in feed.columns),
    ]
    return sql.SQL(", ").join(parts)


def _column(name: str, kind: ColumnType) -> sql.Composable:
    if kind == ColumnType.TIMESTAMP:
        return _instant(name, name)
    return sql.Identifier(name)


def _instant(name: str, alias: str) -> sql.Composed:
    return sql.SQL(AN_INSTANT).format(sql.Identifier(name), sql.Identifier(alias))


def _new(feed: Feed, since: str) -> sql.Composed:
    writer = "changed_by" if feed.name in APART else "transaction_id"
    return sql.SQL(NEW).format(
        table=table_of(feed), writer=sql.Identifier(writer), seen=sql.Literal(since)
    )


def _order(feed: Feed) -> sql.SQL:
    return sql.SQL(
        "acknowledgement_id" if feed.name in APART else "record_id, changed_at"
    )


def _snapshots(record: psycopg.Connection, seen: str | None) -> tuple[str, str]:
    """Return the snapshot of now, and the one from which on there may be news."""
    values = {"seen": seen or BEGINNING, "beginning": BEGINNING}
    now, since = record.execute(SNAPSHOTS, values).fetchone()
    return now, since
