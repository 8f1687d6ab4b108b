"""The record of another system: what is new there, landed as a source of its own.

It has tables of the same form as ours, on any PostgreSQL (``EHR_RECORD_URL``), and is
only read. Its patients are known by its own numbers, so that none can be taken for one
of another source; what people write through our pages stays in our own record.
"""

import psycopg

from pipelines.access.encryption import load_keyring
from pipelines.database.connections import connect, connect_elsewhere
from pipelines.database.roles import Role
from pipelines.landing.loading import load
from pipelines.landing.report import LoadReport
from pipelines.settings import Settings
from pipelines.sources.operational.extract import extract, has_news
from pipelines.write_back import private_folder

FORMAT = "csv"
POSITION = "select snapshot from raw.extract_position where source_system = %s"
# A snapshot of another server, or of another database, says nothing about this one.
WHERE = """
    select system_identifier || '/' || current_database() from pg_control_system()
"""
SEPARATOR = "@"


def land_other_record(settings: Settings) -> LoadReport | None:
    """Land what is new in the other record; None if nothing is, or there is none.

    Raises:
        DeliveryError: the delivery cannot be landed.
        OtherRecordError: its tables are not of the form that is read here.
    """
    if settings.record_url is None:
        return None
    keyring = load_keyring(settings.keys_folder)
    with private_folder(settings, "other") as folder:
        with connect_elsewhere(settings, autocommit=True) as record:
            where, seen = _seen(settings, record)
            taken = extract(record, seen, folder, keyring, is_own=False)
        if not taken.rows:
            return None
        return load(
            settings,
            folder,
            format_name=FORMAT,
            source_system=settings.record_source,
            snapshot=f"{taken.snapshot}{SEPARATOR}{where}",
        )


def is_other_news_waiting(settings: Settings) -> bool:
    """Return whether the other record holds what has not landed yet."""
    if settings.record_url is None:
        return False
    with connect_elsewhere(settings, autocommit=True) as record:
        return has_news(record, _seen(settings, record)[1], is_own=False)


def other_position(settings: Settings) -> str:
    """Return up to where the other record has landed, and of which server."""
    with connect(settings, Role.LOADER, autocommit=True) as warehouse:
        row = warehouse.execute(POSITION, (settings.record_source,)).fetchone()
    return row[0] if row else ""


def _seen(settings: Settings, record: psycopg.Connection) -> tuple[str, str | None]:
    """Return which server this is, and the snapshot of it that has landed."""
    where = record.execute(WHERE).fetchone()[0]
    snapshot, _, landed_from = other_position(settings).partition(SEPARATOR)
    return where, snapshot if snapshot and landed_from == where else None
