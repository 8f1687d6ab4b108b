"""The way back: what people wrote in the record, extracted and landed.

The rows and the position up to which the record was read commit in one transaction of
the warehouse. Whatever dies before leaves the position, so the rows come again; rows
that come again are known by their ids and add nothing.
"""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from pipelines.access.encryption import load_keyring
from pipelines.database.connections import connect
from pipelines.database.databases import RECORD
from pipelines.database.roles import Role
from pipelines.landing.loading import load
from pipelines.landing.report import LoadReport
from pipelines.settings import Settings
from pipelines.sources.operational import ADAPTER
from pipelines.sources.operational.extract import extract, has_news

# Facts that a decision about refused rows landed, and that no build has met yet.
RELEASED = """
    select exists (
        select 1
        from raw.touched_patients as touched
        inner join raw.delivery as delivery
            on touched.delivery_id = delivery.delivery_id
        where delivery.is_replay
    )
"""
POSITION = "select snapshot from raw.extract_position where source_system = %s"


def land_record(settings: Settings) -> LoadReport | None:
    """Land what is new in the record; None if nothing is.

    Raises:
        DeliveryError: the delivery cannot be landed.
    """
    keyring = load_keyring(settings.keys_folder)
    with private_folder(settings) as folder:
        with connect(settings, Role.EXTRACTOR, RECORD, autocommit=True) as record:
            taken = extract(record, read_position(settings), folder, keyring)
        if not taken.rows:
            return None
        return load(settings, folder, adapter=ADAPTER, snapshot=taken.snapshot)


def is_news_waiting(settings: Settings) -> bool:
    """Return whether the record holds what has not landed yet."""
    with connect(settings, Role.EXTRACTOR, RECORD, autocommit=True) as record:
        return has_news(record, read_position(settings))


def is_release_waiting(settings: Settings) -> bool:
    """Return whether facts landed from quarantine that are in no mart yet."""
    with connect(settings, Role.LOADER, autocommit=True) as warehouse:
        return warehouse.execute(RELEASED).fetchone() == (True,)


def read_position(settings: Settings) -> str | None:
    """Return the snapshot up to which the record has landed; None: nothing has."""
    with connect(settings, Role.LOADER, autocommit=True) as warehouse:
        return _position(warehouse)


def _position(warehouse: psycopg.Connection) -> str | None:
    row = warehouse.execute(POSITION, (ADAPTER.name,)).fetchone()
    return row[0] if row else None


@contextmanager
def private_folder(settings: Settings, name: str = "extract") -> Iterator[Path]:
    """Yield a folder for an extract; it is emptied before and after.

    It holds what people wrote about patients: what a killed process left behind goes
    with the next extract.
    """
    parent = settings.root / "run" / name
    shutil.rmtree(parent, ignore_errors=True)
    parent.mkdir(parents=True, mode=0o700)
    with tempfile.TemporaryDirectory(dir=parent) as folder:
        yield Path(folder)
