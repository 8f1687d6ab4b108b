"""Compares a restored server with what its backup says of every table.

Checked besides: the structure of tables and indexes (pg_amcheck), and that no page is
called all-visible that is not (pg_visibility).
"""

from collections.abc import Iterator

import psycopg

from pipelines.backup import fingerprints
from pipelines.backup.manifest import Manifest
from pipelines.database import embedded
from pipelines.database.connections import administrator_conninfo, server_address
from pipelines.database.databases import DATABASES
from pipelines.database.passwords import ADMINISTRATOR, ensure_passwords
from pipelines.database.server_programs import execute
from pipelines.settings import Settings

NOT_VISIBLE = """
    select count(*)
    from pg_class as relation
    cross join lateral pg_check_visible(relation.oid)
    where relation.relkind in ('r', 'm', 't')
"""
EXTENSIONS = ("amcheck", "pg_visibility")


def differences(settings: Settings, manifest: Manifest) -> Iterator[str]:
    """Yield how the restored tables differ from those that were copied."""
    for database in DATABASES:
        expected = {
            each.table: each
            for each in manifest.fingerprints
            if each.database == database.name
        }
        unread = set(manifest.unread_tables)
        login = administrator_conninfo(settings, database.name)
        with psycopg.connect(**login, autocommit=True) as connection:
            fingerprints.prepare(connection)
            for table in fingerprints.tables_of(connection):
                one = expected.pop(table.full_name, None)
                if one:
                    yield from fingerprints.differences(connection, table, one)
                elif f"{database.name}.{table.full_name}" not in unread:
                    yield f"{table.full_name} is there and was not copied"
        yield from (f"{name} is missing" for name in expected)


def problems_of_server(settings: Settings) -> Iterator[str]:
    """Yield what is wrong with the structure of a restored server's tables."""
    for database in DATABASES:
        login = administrator_conninfo(settings, database.name)
        with psycopg.connect(**login, autocommit=True) as connection:
            for extension in EXTENSIONS:
                connection.execute(f"create extension {extension}")
            try:
                row = connection.execute(NOT_VISIBLE).fetchone()
                if row and row[0]:
                    yield f"{database.name}: {row[0]:,} rows are wrongly called visible"
                yield from _problems_of_structure(settings, database.name)
            finally:
                for extension in EXTENSIONS:
                    connection.execute(f"drop extension {extension}")


def _problems_of_structure(settings: Settings, database: str) -> Iterator[str]:
    where, address = embedded.place(settings), server_address(settings)
    arguments = ["-h", address["host"], "-p", str(address["port"]), "-w"]
    arguments += ["-U", ADMINISTRATOR, "-d", database, "--heapallindexed"]
    password = ensure_passwords(settings)[ADMINISTRATOR]
    done = execute(
        where, "pg_amcheck", *arguments, environment={"PGPASSWORD": password}
    )
    if done.returncode:
        # What it prints of a damaged row may quote the row.
        yield f"{database}: pg_amcheck finds damage"
