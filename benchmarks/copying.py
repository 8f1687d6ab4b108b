"""The yardstick: a bare ``COPY`` of what landed, into a table of the same kind.

The bytes are those that ``raw.lab_results`` holds, every column, in the order in which
they landed; the table has the same columns, constraint and indexes. What landing does
besides (archive, checks, types, rules, keys, hashes, books) is the whole difference.
"""

from pathlib import Path
from time import perf_counter

from psycopg import sql

from pipelines.database.connections import connect
from pipelines.database.roles import Role
from pipelines.settings import Settings

CHUNK_BYTES = 1 << 20
RAW = sql.Identifier("raw", "lab_results")
COPIED = sql.Identifier("benchmark", "lab_results")


def export_landed(settings: Settings, path: Path) -> int:
    """Write the rows of ``raw.lab_results`` to a file; return how many bytes."""
    statement = sql.SQL("copy {} to stdout (format csv)").format(RAW)
    with (
        connect(settings, Role.OWNER) as connection,
        connection.cursor().copy(statement) as copy,
        path.open("wb") as target,
    ):
        return sum(target.write(chunk) for chunk in copy)


def make_empty_copy(settings: Settings) -> None:
    """Make the table to copy into anew, with constraint and indexes of the raw one."""
    with connect(settings, Role.OWNER) as connection:
        connection.execute("create schema if not exists benchmark")
        connection.execute(sql.SQL("drop table if exists {}").format(COPIED))
        connection.execute(
            sql.SQL("create table {} (like {} including all)").format(COPIED, RAW)
        )


def seconds_of_copy(settings: Settings, path: Path) -> float:
    """Return the seconds of one ``COPY`` of a file, its commit included."""
    statement = sql.SQL("copy {} from stdin (format csv)").format(COPIED)
    with path.open("rb") as source, connect(settings, Role.OWNER) as connection:
        started = perf_counter()
        with connection.cursor().copy(statement) as copy:
            while chunk := source.read(CHUNK_BYTES):
                copy.write(chunk)
        connection.commit()
        return perf_counter() - started
