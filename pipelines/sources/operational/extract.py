"""What is new in the record since the last extract: nothing twice, nothing skipped.

The position is a snapshot, not a time and not a number. A time skips the row of a
transaction that began earlier and commits later; so does the highest number seen. A
snapshot names the transactions that were still running when it was taken, and what one
of these wrote is new the next time. A long load elsewhere on the server delays nothing.

Every version of an entry is a row of its own, so a correction arrives as the next
version of its fact and an entry made in error as the version that closes it.
"""

import csv
import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, TextIO

import psycopg
from psycopg import sql

from pipelines.access.encryption import Keyring
from pipelines.feeds.catalogue import DOMAIN_OF, FEEDS
from pipelines.feeds.contract import ColumnType, Feed
from pipelines.landing.raw_tables import present_columns
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
# What every row of another system's table says of itself.
NEEDED = (
    *("version_id", "record_id", "is_entered_in_error"),
    *("changed_at", "transaction_id"),
)
SEALED = re.compile(r"c[0-9]+:[A-Za-z0-9+/]{38,}={0,2}")
Opener = Callable[[str, str], str]
IS_THERE_NEWS = "select exists (select 1 {new})"


@dataclass(frozen=True)
class Extract:
    """What was new: rows by feed, and the snapshot that it was read by."""

    rows: dict[str, int]
    snapshot: str


class OtherRecordError(Exception):
    """The record of another system is not of the form that is read here."""


def extract(
    record: psycopg.Connection,
    seen: str | None,
    folder: Path,
    keyring: Keyring,
    *,
    is_own: bool = True,
) -> Extract:
    """Write what the record holds and the snapshot ``seen`` does not see, as csv.

    A feed without news has no file. Sealed values are opened: the delivery is sealed
    as a whole in the archive, and its values anew where they land. ``record`` must be
    outside a transaction. One of another system (``is_own`` is false) has its values
    in plain, and may lack columns of a feed; it acknowledges none of our results.

    Raises:
        OtherRecordError: a table lacks what tells what is new.
        KeyringError: a value is sealed by other keys.
    """
    record.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
    record.read_only = True
    with record.transaction():
        snapshot, since = _snapshots(record, seen)
        rows = {
            feed.name: _write(record, feed, since, folder, keyring, is_own=is_own)
            for feed in _feeds_with_news(record, since, is_own=is_own)
        }
    return Extract(rows, snapshot)


def has_news(
    record: psycopg.Connection, seen: str | None, *, is_own: bool = True
) -> bool:
    """Return whether an extract would hold anything."""
    _, since = _snapshots(record, seen)
    feeds = _feeds_with_news(record, since, is_own=is_own)
    return next(feeds, None) is not None


def _feeds_with_news(
    record: psycopg.Connection, since: str, *, is_own: bool
) -> Iterator[Feed]:
    """Yield the feeds of which there is something new; a table that lacks has none."""
    own = (FEEDS[ACKNOWLEDGEMENTS],) if is_own else ()
    for feed in (*own, *recorded_feeds()):
        name = f"{DOMAIN_OF[feed.name]}.{feed.name}"
        if not record.execute(PRESENT, (name,)).fetchone()[0]:
            continue
        if not is_own:
            _require_form(record, feed)
        statement = sql.SQL(IS_THERE_NEWS).format(new=_new(feed, since))
        if record.execute(statement).fetchone()[0]:
            yield feed


def _write(
    record: psycopg.Connection,
    feed: Feed,
    since: str,
    folder: Path,
    keyring: Keyring,
    *,
    is_own: bool,
) -> int:
    """Write a feed's file; return its rows."""
    path = folder / f"{feed.name}.csv"
    with path.open("x", newline="", encoding="utf-8") as file:
        return _write_rows(record, feed, since, file, keyring, is_own=is_own)


def _require_form(record: psycopg.Connection, feed: Feed) -> None:
    """Refuse a table without the columns that each of its rows must have."""
    schema = DOMAIN_OF[feed.name]
    table = f"the table {schema}.{feed.name} of EHR_RECORD_URL"
    present = present_columns(record, schema, feed.name)
    patient = {"patient_key"} if feed.has_patient else set()
    if missing := {*NEEDED, *patient} - present.keys():
        msg = f"{table} lacks {min(missing)}"
        raise OtherRecordError(msg)
    instants = {each.name for each in feed.columns if each.type == ColumnType.TIMESTAMP}
    for name in sorted({"changed_at", *instants} & present.keys()):
        if present[name] != ColumnType.TIMESTAMP:
            msg = f"{table}: {name} is no timestamp with time zone"
            raise OtherRecordError(msg)


def _write_rows(
    record: psycopg.Connection,
    feed: Feed,
    since: str,
    file: TextIO,
    keyring: Keyring,
    *,
    is_own: bool,
) -> int:
    present = present_columns(record, DOMAIN_OF[feed.name], feed.name).keys()
    statement = sql.SQL("select {columns} {new} order by {order}").format(
        columns=_columns(feed, present), new=_new(feed, since), order=_order(feed)
    )
    sealed = [each.name for each in feed.direct_columns if each.name in present]
    opener = keyring.decrypt if is_own else partial(_opened_if_sealed, keyring)
    writer = csv.writer(file, lineterminator="\n")
    with record.cursor(name="extract") as cursor:
        cursor.itersize = ROWS_AT_A_TIME
        cursor.execute(statement)
        names = [column.name for column in cursor.description or ()]
        writer.writerow(names[1:])
        written = 0
        for row in cursor:
            writer.writerow(_opened(feed, names, row, sealed, opener)[1:])
            written += 1
    return written


def _opened(
    feed: Feed,
    names: list[str],
    row: tuple[Any, ...],
    sealed: list[str],
    opener: Opener,
) -> list[Any]:
    """Return a row with its sealed values opened; its version id comes first."""
    values = list(row)
    for name in sealed:
        at = names.index(name)
        if values[at] is not None:
            values[at] = opener(values[at], place_of(feed, name, row[0]))
    return values


def _opened_if_sealed(keyring: Keyring, value: str, place: str) -> str:
    """Return a plain value as it is; one that looks sealed must open."""
    return keyring.decrypt(value, place) if SEALED.fullmatch(value) else value


def _columns(feed: Feed, present: Collection[str]) -> sql.Composed:
    """Return what a delivery of the feed holds, after the id of the version."""
    if feed.name in APART:
        return _of_acknowledgements(feed)
    parts = [sql.SQL("version_id"), sql.SQL("record_id")]
    if feed.has_patient:
        parts.append(sql.SQL("patient_key as source_patient_id"))
    parts += [
        _column(column.name, column.type)
        for column in feed.columns
        if column.name in present
    ]
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
