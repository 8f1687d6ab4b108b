"""The scan: which canaries stand in a text, a file, a table.

Files are looked at as they are and unpacked: Dagster keeps much of what it stores
compressed, and a database file breaks long values over its pages.
"""

import gzip
import re
import sqlite3
import zlib
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql

from pipelines.database.connections import administrator_conninfo
from pipelines.database.databases import DAGSTER, RECORD, WAREHOUSE
from pipelines.settings import Settings
from tests.canaries.ledger import NUMBER, WORD

SIGN = re.compile(rf"{WORD.lower()}[a-z]{{0,10}}|{NUMBER}\d{{8}}")
HEXADECIMAL = re.compile(rf"{WORD.encode().hex()}(?:[0-9a-f]{{2}}){{0,10}}")
IN_POSTGRES = rf"{WORD}|{NUMBER}\d{{8}}|{WORD.encode().hex()}"
SQLITE = b"SQLite format 3\x00"
RELATIONS = """
    select relation.oid::regclass::text
    from pg_class as relation
    inner join pg_namespace as namespace on relation.relnamespace = namespace.oid
    where relation.relkind in ('r', 'm', 'v')
        and namespace.nspname <> 'information_schema'
        and (namespace.nspname <> 'pg_catalog' or relation.relname in (
            'pg_statistic', 'pg_description', 'pg_largeobject', 'pg_stat_activity'
        ))
    order by 1
"""


@dataclass(frozen=True)
class Finding:
    """A canary in a place."""

    place: str
    sign: str


def signs_in(text: str) -> set[str]:
    """Return the canaries of a text, however they are spelt in it."""
    lower = text.lower()
    found = set(SIGN.findall(lower))
    for each in HEXADECIMAL.findall(lower):
        found |= set(SIGN.findall(bytes.fromhex(each).decode("latin-1").lower()))
    return found


def in_bytes(content: bytes) -> set[str]:
    """Return the canaries of some bytes: as text, as UTF-16, and unpacked."""
    found = signs_in(content.decode("latin-1"))
    if b"\x00" in content:
        found |= signs_in(content.replace(b"\x00", b"").decode("latin-1"))
    for unpack in (gzip.decompress, zlib.decompress):
        with suppress(OSError, EOFError, zlib.error):
            found |= signs_in(unpack(content).decode("latin-1"))
    return found


def in_file(path: Path) -> set[str]:
    """Return the canaries of a file and of its name."""
    content = path.read_bytes()
    found = in_bytes(content) | signs_in(path.name)
    if content.startswith(SQLITE):
        found |= set().union(*map(in_bytes, _cells(path)))
    return found


def in_folder(folder: Path, name: str, left_out: tuple[Path, ...]) -> Iterator[Finding]:
    """Yield what stands in the files of a folder, by their place in it."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not any(map(path.is_relative_to, left_out)):
            place = f"{name}: {path.relative_to(folder)}"
            yield from (Finding(place, sign) for sign in in_file(path))


def in_databases(settings: Settings) -> Iterator[Finding]:
    """Yield what stands in any table or view, past row-level security."""
    for database in (RECORD, WAREHOUSE, DAGSTER, "postgres"):
        parameters = administrator_conninfo(settings, database)
        with psycopg.connect(**parameters, autocommit=True) as connection:
            for (relation,) in connection.execute(RELATIONS).fetchall():
                for sign in in_relation(connection, relation):
                    yield Finding(f"{database}: {relation}", sign)


def in_relation(connection: psycopg.Connection, relation: str) -> set[str]:
    """Return the canaries of a table or view."""
    statement = sql.SQL("select t::text from {} as t where t::text ~* %s")
    rows = connection.execute(statement.format(sql.SQL(relation)), (IN_POSTGRES,))
    return set().union(*(signs_in(text) for (text,) in rows))


def _cells(path: Path) -> Iterator[bytes]:
    with closing(sqlite3.connect(path)) as connection:
        names = connection.execute("select name from sqlite_master where type='table'")
        for (name,) in names.fetchall():
            for row in connection.execute(f'select * from "{name}"'):  # noqa: S608
                for cell in row:
                    if isinstance(cell, (str, bytes)):
                        yield cell.encode() if isinstance(cell, str) else cell
