"""What is in the warehouse, and whether its books agree with it."""

from collections import Counter

import psycopg
from psycopg import sql

from pipelines.access.encryption import load_keyring
from pipelines.database.connections import connect
from pipelines.database.roles import Role
from pipelines.feeds.catalogue import FEEDS
from pipelines.landing.archive import Archive
from pipelines.landing.archive_entry import ArchiveError
from pipelines.landing.known_versions import table_of
from pipelines.landing.quarantine import waiting_rows
from pipelines.landing.report import LoadReport
from pipelines.settings import Settings

Version = tuple[str, str, str]  # feed, record id, content hash
CURRENT = """
select distinct on (record_id) record_id, content_hash::text, is_closed
from {} where source_system = %s
order by record_id, version_at desc, adapter_revision desc, is_closed, content_hash desc
"""
ALL = "select record_id, content_hash::text, is_closed from {} where source_system = %s"


def versions(settings: Settings, source: str) -> Counter[Version]:
    """Return every version; a patient's record id tells the source, so left out."""
    return _versions(settings, source, ALL)


def current(settings: Settings, source: str) -> Counter[Version]:
    """Return the current version of every fact of a source."""
    return _versions(settings, source, CURRENT)


def _versions(settings: Settings, source: str, query: str) -> Counter[Version]:
    found: Counter[Version] = Counter()
    with connect(settings, Role.LOADER) as connection:
        # A commit that goes on after its loader was killed may fall between two feeds.
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        for name, feed in FEEDS.items():
            rows = connection.execute(sql.SQL(query).format(table_of(feed)), (source,))
            found.update(
                (name, "" if name == "patients" else record_id, content)
                for record_id, content, _ in rows
            )
    return found


def refused_rows(settings: Settings, source: str) -> list[dict[str, object]]:
    """Return what waits in quarantine of one source, with its original text."""
    keyring = load_keyring(settings.keys_folder)
    with connect(settings, Role.LOADER) as connection:
        rows = waiting_rows(connection, keyring, limit=1_000_000)
    return [row for row in rows if row["source_system"] == source]


def unbalanced(report: LoadReport) -> list[str]:
    """Return the files and feeds of a report whose counts do not add up."""
    files = [
        name
        for name, each in report.files.items()
        if each.records != each.mapped + each.excluded + each.refused
        or sum(each.reasons.values()) != each.excluded
    ]
    feeds = [
        name
        for name, each in report.feeds.items()
        if each.made != each.landed + each.unchanged + each.refused
    ]
    return files + feeds


def faults(settings: Settings) -> list[str]:
    """Return every way in which books, rows, quarantine and archive disagree."""
    with connect(settings, Role.OWNER) as connection:
        return [
            *_rows_against_books(connection),
            *_books_without_rows(connection),
            *_quarantine_against_books(connection),
            *_unknown_patients(connection),
            *_moved_otherwise(connection),
            *_unreadable_entries(connection, settings),
        ]


def _rows_against_books(connection: psycopg.Connection) -> list[str]:
    booked = dict(
        connection.execute(
            "select (feed, file_id)::text, landed from raw.delivery_feed "
            "where landed > 0"
        ).fetchall()
    )
    there: dict[str, int] = {}
    for name, feed in FEEDS.items():
        rows = connection.execute(
            sql.SQL(
                "select (%s::text, file_id)::text, count(*) from {} "
                "inner join raw.delivery_file using (file_id, delivery_id) "
                "group by file_id"
            ).format(table_of(feed)),
            (name,),
        )
        there |= dict(rows.fetchall())
        (count,) = connection.execute(
            sql.SQL("select count(*) from {}").format(table_of(feed))
        ).fetchone()
        there.setdefault(f"rows of {name}", count)
    of_files = Counter()
    for key in [key for key in there if not key.startswith("rows of ")]:
        of_files[key.strip("()").split(",")[0]] += there[key]
    orphans = [name for name in FEEDS if there.pop(f"rows of {name}") != of_files[name]]
    return [
        *(f"{name} has rows of no file" for name in orphans),
        *(
            f"{key}: {booked.get(key)} in the books, {there.get(key)} rows"
            for key in booked.keys() | there.keys()
            if booked.get(key) != there.get(key)
        ),
    ]


def _books_without_rows(connection: psycopg.Connection) -> list[str]:
    found = connection.execute(
        "select delivery_id from raw.delivery where not exists (select from "
        "raw.delivery_file where delivery_file.delivery_id = delivery.delivery_id)"
    )
    empty = [f"delivery {delivery_id} has no file" for (delivery_id,) in found]
    found = connection.execute(
        "select file_id from raw.delivery_file left join raw.delivery_exclusion "
        "using (file_id) group by file_id, excluded "
        "having excluded <> coalesce(sum(delivery_exclusion.records), 0)"
    )
    return empty + [f"file {file_id}: excluded without reasons" for (file_id,) in found]


def _quarantine_against_books(connection: psycopg.Connection) -> list[str]:
    """Compare for each file at its first delivery: later ones add nothing."""
    found = connection.execute("""
        with
        first_delivered as (
            select min(file_id) as file_id
            from raw.delivery_file inner join raw.delivery using (delivery_id)
            group by source_system, archive_address, table_name, reading
        ),
        refused as (
            select file_id, delivery_file.refused + coalesce((
                select sum(refused) from raw.delivery_feed
                where delivery_feed.file_id = delivery_file.file_id
            ), 0) as records
            from raw.delivery_file inner join first_delivered using (file_id)
        ),
        waiting as (
            select file_id, sum(records) as records from quarantine.row group by file_id
        )
        select file_id, refused.records, waiting.records
        from refused full join waiting using (file_id)
        where coalesce(refused.records, 0) <> coalesce(waiting.records, 0)
    """)
    return [
        f"file {file_id}: {booked} refused, {waiting} in quarantine"
        for file_id, booked, waiting in found
    ]


def _unknown_patients(connection: psycopg.Connection) -> list[str]:
    unknown = []
    for name, feed in FEEDS.items():
        if not feed.has_patient:
            continue
        (missing,) = connection.execute(
            sql.SQL(
                "select count(*) from {table} where not exists (select from "
                "identity.patient_key where patient_key = {table}.patient_key) "
                "or not exists (select from raw.touched_patients "
                "where patient_key = {table}.patient_key)"
            ).format(table=table_of(feed))
        ).fetchone()
        if missing:
            unknown.append(f"{name}: {missing} rows of patients that no build knows")
    return unknown


def _moved_otherwise(connection: psycopg.Connection) -> list[str]:
    """Compare the list of moved facts with the patients of all versions.

    Of a fact that an erasure left with one patient, that one may stand there.
    """
    told = connection.execute(
        "select feed, source_system, record_id, patient_key from raw.moved_facts"
    ).fetchall()
    owned: set[tuple] = set()
    moved: set[tuple] = set()
    for name, feed in FEEDS.items():
        if feed.has_patient:
            found = connection.execute(
                sql.SQL("""
                    select
                        source_system,
                        record_id,
                        patient_key,
                        min(patient_key) over of_fact < max(patient_key) over of_fact
                    from {}
                    window of_fact as (partition by source_system, record_id)
                """).format(table_of(feed))
            ).fetchall()
            owned |= {(name, *fact) for *fact, _ in found}
            moved |= {(name, *fact) for *fact, is_moved in found if is_moved}
    return [
        *(f"{feed}: a fact moved untold" for feed, *_ in moved - set(told)),
        *(f"{feed}: told to have been moved" for feed, *_ in set(told) - owned),
    ]


def _unreadable_entries(
    connection: psycopg.Connection, settings: Settings
) -> list[str]:
    archive = Archive(settings.archive_folder, load_keyring(settings.keys_folder))
    unreadable = []
    found = connection.execute(
        "select distinct archive_address from raw.delivery_file "
        "where archive_address is not null"
    )
    for (address,) in found:
        try:
            for _ in archive.read(address):
                pass
        except ArchiveError:
            unreadable.append(f"archive entry {address[:8]} cannot be read")
    return unreadable
