"""What is new in the record since the last extract: nothing twice, nothing skipped.

The position is a snapshot, not a time and not a number. A time skips the row of a
transaction that began earlier and commits later; so does the highest number seen. A
snapshot names the transactions that were still running when it was taken, and what one
of these wrote is new the next time. A long load elsewhere on the server delays nothing.
"""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass

import psycopg

# A snapshot that sees nothing: where reading begins.
BEGINNING = "1:1:"
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
NEW = """
    from laboratory.acknowledgements
    where changed_by >= pg_snapshot_xmin(%(seen)s::pg_snapshot)
        and not pg_visible_in_snapshot(changed_by, %(seen)s::pg_snapshot)
"""
ACKNOWLEDGEMENTS = f"""
    select
        acknowledgement_id as record_id,
        patient_key as source_patient_id,
        lab_result_key,
        reading_hash,
        user_id,
        person_name,
        role_code,
        comment_text,
        to_char(
            acknowledged_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'
        ) as acknowledged_at
    {NEW}
    order by acknowledgement_id
"""
IS_THERE_NEWS = f"select exists (select 1 {NEW})"


@dataclass(frozen=True)
class Extract:
    """What was new, as the csv of each feed, and the snapshot that it was read by."""

    files: dict[str, bytes]
    snapshot: str


def extract(record: psycopg.Connection, seen: str | None) -> Extract:
    """Return what the record holds and the snapshot ``seen`` does not see.

    ``record`` must be outside a transaction. An extract of nothing has no file.
    """
    record.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
    record.read_only = True
    with record.transaction():
        snapshot, since = _snapshots(record, seen)
        found = record.execute(ACKNOWLEDGEMENTS, {"seen": since})
        names = [column.name for column in found.description or ()]
        rows = found.fetchall()
    files = {"acknowledgements": _as_csv(names, rows)} if rows else {}
    return Extract(files, snapshot)


def has_news(record: psycopg.Connection, seen: str | None) -> bool:
    """Return whether an extract would hold anything."""
    _, since = _snapshots(record, seen)
    row = record.execute(IS_THERE_NEWS, {"seen": since}).fetchone()
    return bool(row and row[0])


def _snapshots(record: psycopg.Connection, seen: str | None) -> tuple[str, str]:
    """Return the snapshot of now, and the one from which on there may be news."""
    values = {"seen": seen or BEGINNING, "beginning": BEGINNING}
    now, since = record.execute(SNAPSHOTS, values).fetchone()
    return now, since


def _as_csv(names: Sequence[str], rows: Sequence[tuple]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(names)
    writer.writerows(rows)
    return text.getvalue().encode()
