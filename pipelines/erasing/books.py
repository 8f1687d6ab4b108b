"""The books after an erasure: what went counts as left out, with the reason ``erased``.

The same bytes, delivered again, come to the same counts.
"""

from collections import Counter

import psycopg
from psycopg import sql

from pipelines.erasing.archived import ArchivedFile, Rest
from pipelines.feeds.catalogue import FEEDS
from pipelines.landing.erased import REASON
from pipelines.landing.erased_patients import Dropped
from pipelines.landing.known_versions import table_of
from pipelines.landing.raw_tables import reference_key
from pipelines.landing.report import NOT_TAKEN, UNKNOWN_TABLE, Verdict

WHOLE = (Verdict.HELD, Verdict.REFUSED)
LEFT_OUT_WHOLE = {Verdict.UNKNOWN: UNKNOWN_TABLE, Verdict.NOT_TAKEN: NOT_TAKEN}
MOVE = """
    update raw.delivery_file
    set
        archive_address = %(address)s,
        byte_count = %(byte_count)s,
        mapped = mapped - %(mapped)s,
        refused = refused - %(refused)s,
        excluded = excluded + %(mapped)s + %(refused)s
    where file_id = %(file_id)s
"""
VERDICT = "select verdict from raw.delivery_file where file_id = %s"
LESS_LEFT_OUT = """
    update raw.delivery_exclusion set records = records - %s
    where file_id = %s and reason = %s
"""
LEFT_OUT = """
    insert into raw.delivery_exclusion (file_id, reason, records) values (%s, %s, %s)
    on conflict (file_id, reason)
    do update set records = delivery_exclusion.records + excluded.records
"""
NONE_LEFT_OUT = """
    delete from raw.delivery_exclusion where file_id = %s and records = 0
"""
FEED = """
    update raw.delivery_feed
    set
        made = made - %(made)s,
        landed = landed - %(landed)s,
        refused = refused - %(refused)s,
        unchanged = unchanged - (%(made)s - %(landed)s - %(refused)s)
    where file_id = %(file_id)s and feed = %(feed)s
"""
# Rows that landed from quarantine are records of a file of their own in the books.
REPLAYED_FILE = """
    update raw.delivery_file
    set records = records - %(rows)s, mapped = mapped - %(rows)s
    where file_id = %(file_id)s
"""
REPLAYED_FEED = """
    update raw.delivery_feed
    set
        made = made - %(rows)s,
        landed = landed - %(landed)s,
        unchanged = unchanged - (%(rows)s - %(landed)s)
    where file_id = %(file_id)s and feed = %(feed)s
"""
MOVE_REPLAYED = """
    update raw.delivery_file set archive_address = %s, byte_count = %s
    where replayed_file_id = any(%s)
"""
REFUSED_LINES = """
    select row_id, feed, line_number, released_file_id from quarantine.row
    where file_id = any(%s) and line_number > 0
"""
LESS_OF_WHOLE = """
    update quarantine.row set records = records - %s
    where file_id = %s and line_number = 0
"""
LANDED = "select file_id, count(*) from {table} where {is_theirs} group by file_id"


def landed_rows(
    owner: psycopg.Connection, patient_key: int
) -> dict[tuple[str, int], int]:
    """Return how many rows of a patient each file landed, by feed and file."""
    landed: dict[tuple[str, int], int] = {}
    for name, feed in FEEDS.items():
        if not feed.has_patient:
            continue
        columns = ["patient_key", *map(reference_key, feed.patient_references)]
        is_theirs = sql.SQL(" or ").join(
            sql.SQL("{} = %(key)s").format(sql.Identifier(each)) for each in columns
        )
        statement = sql.SQL(LANDED).format(table=table_of(feed), is_theirs=is_theirs)
        rows = owner.execute(statement, {"key": patient_key}).fetchall()
        landed |= {(name, file_id): count for file_id, count in rows}
    return landed


def correct_books(
    owner: psycopg.Connection, rest: Rest, landed: dict[tuple[str, int], int]
) -> int:
    """Have the books name the rest of an entry; return how many refused rows went."""
    removed = 0
    for file, dropped in rest.parts:
        refused = _remove_refused(owner, file, dropped, landed)
        address = rest.entry.address if rest.entry else None
        size = rest.entry.byte_count if rest.entry else 0
        owner.execute(MOVE_REPLAYED, (address, size, file.file_ids))
        removed += sum(refused.values())
        for file_id in file.file_ids:
            _correct_file(owner, rest, file_id, dropped)
            _correct_feeds(owner, file_id, dropped, refused, landed)
    return removed


def _correct_file(
    owner: psycopg.Connection, rest: Rest, file_id: int, dropped: Dropped
) -> None:
    mapped, refused, excluded = dropped.mapped, dropped.refused, dropped.excluded
    verdict = _verdict(owner, file_id)
    if verdict in WHOLE:
        mapped, refused, excluded = 0, dropped.records, Counter()
        owner.execute(LESS_OF_WHOLE, (refused, file_id))
    elif verdict in LEFT_OUT_WHOLE:
        # The adapter may no longer be known, nor that it takes no such table.
        excluded = Counter({LEFT_OUT_WHOLE[verdict]: mapped + excluded.total()})
        mapped = 0
    values = {
        "address": rest.entry.address if rest.entry else None,
        "byte_count": rest.entry.byte_count if rest.entry else 0,
        "mapped": mapped,
        "refused": refused,
        "file_id": file_id,
    }
    owner.execute(MOVE, values)
    for reason, records in excluded.items():
        owner.execute(LESS_LEFT_OUT, (records, file_id, reason))
    owner.execute(NONE_LEFT_OUT, (file_id,))
    if dropped.records:
        owner.execute(LEFT_OUT, (file_id, REASON, dropped.records))


def _correct_feeds(
    owner: psycopg.Connection,
    file_id: int,
    dropped: Dropped,
    refused: Counter[str],
    landed: dict[tuple[str, int], int],
) -> None:
    is_whole = _verdict(owner, file_id) in WHOLE
    # Of a mapping file's adapter only what landed and what was refused is known.
    of_file = {feed for feed, each in landed if each == file_id}
    for feed in {*dropped.feeds, *refused, *of_file} - {""}:
        known = landed.get((feed, file_id), 0) + refused[feed]
        made = dropped.feeds[feed] or known
        values = {
            "made": made,
            "landed": landed.get((feed, file_id), 0),
            "refused": made if is_whole else refused[feed],
            "file_id": file_id,
            "feed": feed,
        }
        owner.execute(FEED, values)


def _verdict(owner: psycopg.Connection, file_id: int) -> str:
    (verdict,) = owner.execute(VERDICT, (file_id,)).fetchone() or ("",)
    return verdict


def _remove_refused(
    owner: psycopg.Connection,
    file: ArchivedFile,
    dropped: Dropped,
    landed: dict[tuple[str, int], int],
) -> Counter[str]:
    """Remove what of the lines that go was refused; return how many rows, by feed."""
    refused: Counter[str] = Counter()
    released: Counter[tuple[str, int]] = Counter()
    rows = owner.execute(REFUSED_LINES, (file.file_ids,)).fetchall()
    for row_id, feed, line, released_file_id in rows:
        if dropped.holds(line):
            owner.execute("delete from quarantine.row where row_id = %s", (row_id,))
            refused[feed or ""] += 1
            if released_file_id is not None and feed is not None:
                released[feed, released_file_id] += 1
    for (feed, file_id), count in released.items():
        values = {
            "rows": count,
            "landed": landed.get((feed, file_id), 0),
            "feed": feed,
            "file_id": file_id,
        }
        owner.execute(REPLAYED_FILE, values)
        owner.execute(REPLAYED_FEED, values)
    return refused
