"""Looks through every table for encrypted values, also where none should be.

A column that holds values and is on no list would lose them with the old key. So the
old key goes only when no column of any database holds a value under it.
"""

from collections.abc import Iterator

import psycopg
from psycopg import sql

from pipelines.access.sealed_columns import CIPHERTEXT
from pipelines.database.connections import connect
from pipelines.database.databases import DAGSTER, RECORD, WAREHOUSE
from pipelines.database.roles import Role
from pipelines.settings import Settings

# Who owns tables: everything that a database holds is seen by one of them.
OWNERS = (
    (RECORD, Role.OWNER),
    (WAREHOUSE, Role.OWNER),
    (WAREHOUSE, Role.BUILDER),
    (DAGSTER, Role.DAGSTER),
)
TEXT_COLUMNS = """
    select
        relation.oid::regclass::text,
        array_agg(attribute.attname::text order by attribute.attnum)
    from pg_class as relation
    inner join pg_namespace as namespace on relation.relnamespace = namespace.oid
    inner join pg_attribute as attribute on relation.oid = attribute.attrelid
    where relation.relkind in ('r', 'm')
        and namespace.nspname not in ('pg_catalog', 'information_schema')
        and namespace.nspname not like 'pg\\_%%'
        and attribute.attnum > 0
        and not attribute.attisdropped
        and attribute.atttypid::regtype::text = any(%s)
        and has_table_privilege(relation.oid, 'select')
    group by relation.oid
    order by 1
"""
TEXT_TYPES = ["text", "character varying", "character", "json", "jsonb", "text[]"]


def columns_with_values(
    connection: psycopg.Connection, key_ids: tuple[str, ...] = ()
) -> set[str]:
    """Return the columns of the connected database that hold encrypted values.

    ``key_ids``: only values under one of these keys; empty: under any.
    """
    found: set[str] = set()
    tables = connection.execute(TEXT_COLUMNS, (TEXT_TYPES,)).fetchall()
    for table, columns in tables:
        flags = _holding(connection, table, columns, key_ids)
        found.update(
            f"{table}.{column}"
            for column, holds in zip(columns, flags, strict=True)
            if holds
        )
    return found


def columns_anywhere(settings: Settings, key_ids: tuple[str, ...]) -> set[str]:
    """Return every column of every database that holds values under these keys."""
    found: set[str] = set()
    for database, role in OWNERS:
        with connect(settings, role, database) as connection:
            names = columns_with_values(connection, key_ids)
        found |= {f"{database}.{name}" for name in names}
    return found


def _holding(
    connection: psycopg.Connection,
    table: str,
    columns: list[str],
    key_ids: tuple[str, ...],
) -> tuple[bool, ...]:
    """Return per column whether any row holds such a value."""
    tests = sql.SQL(", ").join(
        sql.SQL("coalesce(bool_or({}), false)").format(
            _test(sql.Identifier(column), key_ids)
        )
        for column in columns
    )
    statement = sql.SQL("select {} from {}").format(tests, sql.SQL(table))
    return connection.execute(statement).fetchone() or ()


def _test(column: sql.Identifier, key_ids: tuple[str, ...]) -> sql.Composed:
    text = sql.SQL("{}::text").format(column)
    return sql.SQL("(") + sql.SQL(" or ").join(_matches(text, key_ids)) + sql.SQL(")")


def _matches(text: sql.Composed, key_ids: tuple[str, ...]) -> Iterator[sql.Composed]:
    """Yield conditions: a plain search first, as most text has no such sign."""
    beginning = "(^|[^A-Za-z0-9])"
    for key_id in key_ids:
        pattern = f"{beginning}{key_id}:{CIPHERTEXT.partition(':')[2]}"
        yield sql.SQL("(position({} in {text}) > 0 and {text} ~ {})").format(
            sql.Literal(f"{key_id}:"), sql.Literal(pattern), text=text
        )
    if not key_ids:
        yield sql.SQL("{} ~ {}").format(text, sql.Literal(beginning + CIPHERTEXT))
