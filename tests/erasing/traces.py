"""Every place of an installation that may still know a patient."""

from collections.abc import Iterator
from contextlib import suppress

import psycopg
from psycopg import sql

from pipelines.access.encryption import load_keyring
from pipelines.database.connections import connect
from pipelines.landing.archive import Archive
from pipelines.landing.unpacking import UnpackingError, unpack
from pipelines.rotation.searching import OWNERS
from pipelines.settings import Settings
from tests.rotation.sealed_values import opened_values

TABLES = """
    select relation.oid::regclass::text
    from pg_class as relation
    inner join pg_namespace as namespace on relation.relnamespace = namespace.oid
    where relation.relkind in ('r', 'm', 'v')
        and namespace.nspname not in ('pg_catalog', 'information_schema')
        and has_table_privilege(relation.oid, 'select')
"""
# The audit trail names keys alone, and stays. Touched patients wait for a build.
LEFT_OUT = ("audit.",)


def traces(settings: Settings, signs: tuple[str, ...]) -> set[str]:
    """Return where any of these texts is found, opened where it is sealed."""
    return {
        *_in_tables(settings, signs),
        *_in_sealed_values(settings, signs),
        *_in_archive(settings, signs),
        *_in_files(settings, signs),
    }


def _in_tables(settings: Settings, signs: tuple[str, ...]) -> Iterator[str]:
    for database, role in OWNERS:
        with connect(settings, role, database) as connection:
            for (table,) in connection.execute(TABLES).fetchall():
                if not table.startswith(LEFT_OUT) and _holds(connection, table, signs):
                    yield f"{database}: {table}"


def _holds(connection: psycopg.Connection, table: str, signs: tuple[str, ...]) -> bool:
    found = connection.execute(
        sql.SQL(
            "select exists (select 1 from {} as t where t::text ilike any (%s))"
        ).format(sql.SQL(table)),
        ([f"%{sign}%" for sign in signs],),
    ).fetchone()
    return bool(found and found[0])


def _in_sealed_values(settings: Settings, signs: tuple[str, ...]) -> Iterator[str]:
    for place, value in opened_values(settings).items():
        if any(sign in value for sign in signs):
            yield place.rpartition("|")[0]


def _in_archive(settings: Settings, signs: tuple[str, ...]) -> Iterator[str]:
    archive = Archive(settings.archive_folder, load_keyring(settings.keys_folder))
    for address in archive.addresses():
        content = b"".join(unpack(archive.read(address)))
        if any(sign.encode() in content for sign in signs):
            yield f"archive: {address[:8]}"


def _in_files(settings: Settings, signs: tuple[str, ...]) -> Iterator[str]:
    for path in settings.root.rglob("*"):
        if path.is_file() and "server" not in path.parts:
            content = path.read_bytes()
            with suppress(UnpackingError, OSError):
                content = b"".join(unpack(iter([content])))
            if any(sign.encode() in content for sign in signs):
                yield f"file: {path.relative_to(settings.root)}"
