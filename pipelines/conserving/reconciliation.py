"""Compares the operational record with what landed of it, table by table, day by day.

First the warehouse fixes its moment and up to where the record had landed by then, then
the record its own, later one: so whatever has landed can be seen there. Kept are counts
and whether a day is equal; no value, no hash.
"""

import secrets
from collections.abc import Mapping

import psycopg

from pipelines.access.key_check import keyring_of
from pipelines.conserving.conservation import MOST_NAMES, as_of_one_moment
from pipelines.conserving.keeping import keep
from pipelines.conserving.record_days import KINDS, Day, DayState, compare_days
from pipelines.conserving.record_statements import ALIKE, Compared
from pipelines.conserving.refused_entries import RefusedDays, refused_entries
from pipelines.conserving.steps import RECORD, Counted
from pipelines.database.connections import connect
from pipelines.database.databases import RECORD as RECORD_DATABASE
from pipelines.database.roles import Role
from pipelines.feeds.catalogue import FEEDS
from pipelines.record.tables import recorded_feeds
from pipelines.settings import Settings
from pipelines.sources.operational import ADAPTER
from pipelines.sources.operational.extract import ACKNOWLEDGEMENTS, BEGINNING

RECORD_ONLY = "record"
SEED_BITS = 62
POSITION = "select snapshot from raw.extract_position where source_system = %s"
# A restored record counts from further back: what landed of it cannot be told apart.
IS_KNOWN = """
    select
        pg_snapshot_xmax(%(seen)s::pg_snapshot)
        <= pg_snapshot_xmax(pg_current_snapshot())
"""
# A corrected text is another one here, and rightly. One that was corrected once stands
# here still when the correction was taken back.
CORRECTED = """
    select subject, column_name, delivered_text, mapped_text
    from quality.source_mapping
    where source_system = %s and kind <> 'column'
"""
FORGET = "delete from quality.record_reconciliation"
ENTER = """
    insert into quality.record_reconciliation (
        feed, changed_on, run_id, state, record_count, warehouse_count, missing_count,
        extra_count, different_count, refused_count, waiting_count
    )
    values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
"""


class RestoredRecordError(Exception):
    """What landed of the record is of another time than the record itself."""


def reconcile(settings: Settings) -> list[Day]:
    """Compare every table of the record, keep what came out, and return it.

    Raises:
        RestoredRecordError: the record is older than what landed of it.
    """
    with connect(settings, Role.LOADER) as warehouse:
        as_of_one_moment(warehouse)
        seen = _position(warehouse)
        with connect(settings, Role.EXTRACTOR, RECORD_DATABASE) as record:
            as_of_one_moment(record)
            refused = refused_entries(warehouse, keyring_of(settings, warehouse))
            days = _compare(record, warehouse, seen, refused)
    with connect(settings, Role.BUILDER) as builder:
        run_id = keep(builder, RECORD_ONLY, _by_feed(days))
        builder.execute(FORGET)
        with builder.cursor() as cursor:
            cursor.executemany(ENTER, [_row(run_id, each) for each in days])
    return days


def told_days(days: list[Day]) -> str:
    """Return in words whether the record stands here as written, and what does not."""
    different = [each for each in days if each.state is DayState.DIFFERENT]
    entries = sum(each.in_record for each in days)
    if not different:
        return f"{entries:,} entries stand in the warehouse as they were written"
    names = "; ".join(each.told for each in different[:MOST_NAMES])
    return f"{len(different)} days differ from the record: {names}"


def _compare(
    record: psycopg.Connection,
    warehouse: psycopg.Connection,
    seen: str,
    refused: Mapping[str, RefusedDays],
) -> list[Day]:
    if record.execute(IS_KNOWN, {"seen": seen}).fetchone() != (True,):
        msg = (
            "the record was restored to a time before the last extract: compare them "
            "again when the next extract has landed"
        )
        raise RestoredRecordError(msg)
    for connection in (record, warehouse):
        connection.execute(ALIKE)
    compared = Compared(secrets.randbits(SEED_BITS), seen, _corrected(warehouse))
    feeds = (FEEDS[ACKNOWLEDGEMENTS], *recorded_feeds())
    return [
        day
        for feed in feeds
        for day in compare_days(
            record, warehouse, feed, compared, refused.get(feed.name, {})
        )
    ]


def _position(warehouse: psycopg.Connection) -> str:
    found = warehouse.execute(POSITION, (ADAPTER.name,)).fetchone()
    return found[0] if found else BEGINNING


def _corrected(warehouse: psycopg.Connection) -> dict[tuple[str, str], set[str]]:
    """Return the texts on both sides of every correction, by feed and column."""
    found: dict[tuple[str, str], set[str]] = {}
    rows = warehouse.execute(CORRECTED, (ADAPTER.name,)).fetchall()
    for feed, column, *texts in rows:
        found.setdefault((feed, column), set()).update(filter(None, texts))
    return found


def _by_feed(days: list[Day]) -> list[Counted]:
    """Return one step per table; what differs is missing as written, and too much."""
    found = []
    for feed in dict.fromkeys(each.feed for each in days):
        of_feed = [each for each in days if each.feed == feed]
        written, missing, extra, different, refused = (
            sum(getattr(each, name) for each in of_feed)
            for name in ("in_record", *KINDS)
        )
        otherwise = extra + different
        found.append(
            Counted(
                RECORD,
                ADAPTER.name,
                feed,
                written,
                missing + different,
                otherwise,
                {
                    "equal": written - missing - different - refused,
                    "refused": refused,
                    "otherwise": otherwise,
                },
            )
        )
    return found


def _row(run_id: int, day: Day) -> tuple[object, ...]:
    return (
        day.feed,
        day.changed_on,
        run_id,
        day.state.value,
        day.in_record,
        day.in_warehouse,
        day.missing,
        day.extra,
        day.different,
        day.refused,
        day.waiting,
    )
