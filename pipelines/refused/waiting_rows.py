"""Waiting rows with all that is needed to read them again, locked for a decision."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
from psycopg.rows import class_row

from pipelines.access.encryption import Keyring
from pipelines.landing.quarantine import PLACE
from pipelines.sources.adapter import Adapter, Table

LOCK_SOURCE = "select pg_advisory_xact_lock(hashtextextended(%s, 0))"
ROWS = """
    select
        refused.row_id,
        replace(refused.address::text, '-', '') as address,
        refused.feed,
        refused.rules,
        refused.line_number,
        refused.place_in_line,
        refused.records,
        refused.delivery_id,
        refused.file_id,
        refused.original_text,
        delivered.file_name,
        delivered.table_name,
        delivered.archive_address
    from quarantine.row as refused
    inner join raw.delivery_file as delivered
        on refused.file_id = delivered.file_id
    where refused.row_id = any(%s) and refused.status = 'waiting'
    order by refused.row_id
"""
# In the order of their numbers: two who decide never wait for each other in a circle.
LOCK_ROWS = f"{ROWS} for update of refused"


@dataclass(frozen=True)
class WaitingRow:
    """One refused row that waits; its text is ciphertext."""

    row_id: int
    address: str
    feed: str | None
    rules: str
    line_number: int
    place_in_line: int | None
    records: int
    delivery_id: int
    file_id: int
    original_text: str = field(repr=False)
    file_name: str = field(repr=False)
    table_name: str | None
    archive_address: str | None

    @property
    def archive_path(self) -> Path:
        """Return what names the row's file in the archive."""
        return Path(self.archive_address or "")

    def table_of(self, adapter: Adapter) -> Table | None:
        """Return the table that the row's file stands for."""
        named = (each for each in adapter.tables if each.name == self.table_name)
        return next(named, None)

    def line(self, keyring: Keyring) -> bytes:
        """Return the original line."""
        return keyring.decrypt(self.original_text, PLACE + self.address).encode()


def lock_waiting(
    connection: psycopg.Connection, source_system: str, row_ids: Sequence[int]
) -> list[WaitingRow]:
    """Return those of the rows that still wait; nobody else decides them meanwhile."""
    connection.execute(LOCK_SOURCE, (source_system,))
    cursor = connection.cursor(row_factory=class_row(WaitingRow))
    return cursor.execute(LOCK_ROWS, (list(row_ids),)).fetchall()


def read_waiting(
    connection: psycopg.Connection, row_ids: Sequence[int]
) -> list[WaitingRow]:
    """Return those of the rows that still wait, to look at."""
    cursor = connection.cursor(row_factory=class_row(WaitingRow))
    return cursor.execute(ROWS, (list(row_ids),)).fetchall()
