"""``ehr key rotate``: every value under new keys, then the old keys are removed.

What is to be done shows in the data itself: a key in the keyring that is not the
current one is being replaced, and a value under it is not yet done. So a rotation that
was killed anywhere is simply begun again. Both keys open until the last step.
"""

import fcntl
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

from pipelines.access.key_check import check_keyring
from pipelines.access.keyring import Keyring
from pipelines.access.keyring_file import (
    KeyFile,
    load_keyring,
    read_key_file,
    write_key_file,
)
from pipelines.access.sealed_columns import SealedTable, present_tables
from pipelines.database.connections import connect
from pipelines.database.databases import RECORD, WAREHOUSE
from pipelines.database.roles import Role
from pipelines.failpoints import reach
from pipelines.landing.archive import Archive
from pipelines.rotation.closing import close_table, open_table, verify_table
from pipelines.rotation.entries import rewrap, stale_entries
from pipelines.rotation.failures import RotationError
from pipelines.rotation.locks import wait_for_transactions
from pipelines.rotation.searching import columns_anywhere
from pipelines.rotation.values import Progress, reseal
from pipelines.settings import Settings

LOCK_FILE = "rotation.lock"


@dataclass(frozen=True)
class Rotated:
    """What a rotation did: rows and entries sealed anew, keys removed."""

    rows: int
    entries: int
    removed_keys: tuple[str, ...]


def rotate(settings: Settings, report: Progress) -> Rotated:
    """Replace the column key and the wrapping key, or go on with doing so.

    Raises:
        RotationError: the message says what stands in the way; nothing is lost.
        KeyringError: the keyring is not this installation's.
    """
    keyring = load_keyring(settings.keys_folder)
    with ExitStack() as stack:
        stack.enter_context(_only_one_at_a_time(settings.keys_folder))
        owners = [
            stack.enter_context(connect(settings, Role.OWNER, name, autocommit=True))
            for name in (WAREHOUSE, RECORD)
        ]
        check_keyring(owners[0], keyring)
        tables = [(owner, table) for owner in owners for table in present_tables(owner)]
        keyring = _begin(settings.keys_folder, tables)
        archive = Archive(settings.archive_folder, keyring)
        # From here on whoever archives takes the new wrapping key.
        with archive.publishing(alone=True):
            pass
        rows = _reseal(tables, keyring, report)
        entries = rewrap(archive, keyring, report)
        for owner, table in tables:
            close_table(owner, table, keyring.current_column_key)
        rows += _reseal(tables, keyring, report)
        replaced = read_key_file(settings.keys_folder).replaced_keys
        _verify(settings, tables, archive, keyring)
        wait_for_transactions(owners[0])
        _end(settings.keys_folder)
    return Rotated(rows, entries, replaced)


def _begin(
    folder: Path, tables: list[tuple[psycopg.Connection, SealedTable]]
) -> Keyring:
    """Make the new keys current, unless an earlier rotation has done so already."""
    for owner, table in tables:
        open_table(owner, table)
    reach("tables.opened")
    keys = read_key_file(folder)
    if not keys.replaced_keys:
        write_key_file(folder, keys.with_new_keys())
    reach("keys.made")
    return load_keyring(folder)


def _reseal(
    tables: list[tuple[psycopg.Connection, SealedTable]],
    keyring: Keyring,
    report: Progress,
) -> int:
    return sum(reseal(owner, table, keyring, report) for owner, table in tables)


def _verify(
    settings: Settings,
    tables: list[tuple[psycopg.Connection, SealedTable]],
    archive: Archive,
    keyring: Keyring,
) -> None:
    """Make sure that nothing needs the old keys any more."""
    for owner, table in tables:
        verify_table(owner, table)
    reach("values.verified")
    replaced = read_key_file(settings.keys_folder).replaced_keys
    column_keys = tuple(key for key in replaced if key in keyring.column_keys)
    if unlisted := sorted(columns_anywhere(settings, column_keys)):
        msg = (
            f"{', '.join(unlisted)}: values under the old key in a column that is not "
            "in pipelines/access/sealed_columns.py; the old key stays"
        )
        raise RotationError(msg)
    if stale := stale_entries(archive, keyring):
        msg = f"{len(stale)} archive entries need the old wrapping key; it stays"
        raise RotationError(msg)
    reach("everything.verified")


def _end(folder: Path) -> None:
    keys: KeyFile = read_key_file(folder)
    write_key_file(folder, keys.without_replaced_keys())
    reach("keys.removed")


@contextmanager
def _only_one_at_a_time(folder: Path) -> Iterator[None]:
    with (folder / LOCK_FILE).open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            msg = "another 'ehr key rotate' is at work"
            raise RotationError(msg) from None
        yield
