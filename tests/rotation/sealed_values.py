"""Everything that is sealed in an installation: read, opened, and under which key."""

from collections import Counter
from collections.abc import Iterator

from psycopg import sql

from pipelines.access.encryption import load_keyring
from pipelines.access.sealed_columns import SealedTable, present_tables
from pipelines.database.connections import connect
from pipelines.database.databases import RECORD, WAREHOUSE
from pipelines.database.roles import Role
from pipelines.landing.archive import Archive
from pipelines.landing.archive_entry import sealed_key
from pipelines.settings import Settings

Place = str


def opened_values(settings: Settings) -> dict[Place, str]:
    """Return every value by its place, opened.

    The keyring is read first, as every page does: what it lacks is read anew.
    """
    keyring = load_keyring(settings.keys_folder)
    return {
        place: keyring.decrypt(sealed, place)
        for place, sealed in stored_values(settings)
    }


def opened_entries(settings: Settings) -> dict[str, bytes]:
    """Return the bytes of every archive entry by its address."""
    archive = Archive(settings.archive_folder, load_keyring(settings.keys_folder))
    return {address: b"".join(archive.read(address)) for address in archive.addresses()}


def keys_in_use(settings: Settings) -> Counter[str]:
    """Return how many values and entries are sealed by each key."""
    values = [sealed for _, sealed in stored_values(settings)]
    archive = Archive(settings.archive_folder, load_keyring(settings.keys_folder))
    values += [
        sealed_key(archive.folder_of(each), each) for each in archive.addresses()
    ]
    return Counter(value.partition(":")[0] for value in values)


def stored_values(settings: Settings) -> Iterator[tuple[Place, str]]:
    """Yield place and ciphertext of every value of every listed column."""
    for database in (WAREHOUSE, RECORD):
        with connect(settings, Role.OWNER, database) as owner:
            for table in present_tables(owner):
                yield from _stored(owner, table)


def _stored(owner: object, table: SealedTable) -> Iterator[tuple[Place, str]]:
    rows = owner.execute(
        sql.SQL("select {}, {} from {}").format(
            sql.SQL(table.row_name),
            sql.SQL(", ").join(map(sql.Identifier, table.columns)),
            table.identifier,
        )
    )
    for row_name, *values in rows.fetchall():
        for column, value in zip(table.columns, values, strict=True):
            if value is not None:
                yield table.place(column, row_name), value
