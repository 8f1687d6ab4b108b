"""Fingerprints of tables: rows counted and hashed, whatever their order.

Read by two paths. Block checksums prove nothing about a copy whose visibility map is
stale: there an index-only scan counts rows that a sequential scan does not see.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import psycopg
from psycopg import sql

from pipelines.backup.manifest import Fingerprint

TABLES = """
    select
        table_.oid,
        namespace.nspname,
        table_.relname,
        pg_relation_filenode(table_.oid)
    from pg_class as table_
    inner join pg_namespace as namespace on table_.relnamespace = namespace.oid
    where table_.relkind = 'r'
        and table_.relpersistence = 'p'
        and namespace.nspname not in ('pg_catalog', 'information_schema')
        and namespace.nspname !~ '^pg_(toast|temp)'
    order by namespace.nspname collate "C", table_.relname collate "C"
"""
FILE_NOW = """
    select pg_relation_filenode(oid)
    from pg_class
    where oid = %s and oid = to_regclass(%s)
"""
# The first index that orders every row of a table by plain columns.
ORDER = """
    select array_agg(attribute.attname order by key.position)
    from (
        select indexrelid, indrelid, indkey
        from pg_index
        where indrelid = to_regclass(%s)
            and indisvalid
            and indpred is null
            and indexprs is null
            and indexrelid in (
                select pg_class.oid
                from pg_class
                inner join pg_am on pg_class.relam = pg_am.oid
                where pg_am.amname = 'btree'
            )
        order by indisprimary desc, indexrelid
        limit 1
    ) as chosen
    cross join unnest(chosen.indkey) with ordinality as key (number, position)
    inner join pg_attribute as attribute
        on chosen.indrelid = attribute.attrelid
        and key.number = attribute.attnum
    where key.position <= (
        select indnkeyatts from pg_index where indexrelid = chosen.indexrelid
    )
"""
# The same text of the same row wherever it is read.
SAME_TEXT = """
    set timezone = 'UTC'; set datestyle = 'ISO, MDY'; set intervalstyle = 'postgres';
    set extra_float_digits = 1; set bytea_output = 'hex'; set lock_timeout = '5s'
"""
BY_SEQUENCE = sql.SQL("""
    select
        count(*),
        coalesce(sum(hashtextextended(each::text, 0)::numeric), 0)::text
    from {} as each
""")
IN_ORDER = sql.SQL("""
    select
        count(*),
        coalesce(sum(hashtextextended(ordered.each::text, 0)::numeric), 0)::text
    from (select each from {} as each order by {}) as ordered
""")
COUNT_BY_INDEX = sql.SQL("select count(*) from {}")
ONLY_SEQUENTIAL = """
    set enable_indexscan = off; set enable_indexonlyscan = off;
    set enable_bitmapscan = off; set enable_seqscan = on
"""
ONLY_INDEXES = """
    set enable_indexscan = on; set enable_indexonlyscan = on;
    set enable_bitmapscan = off; set enable_seqscan = off; set enable_sort = off
"""


@dataclass(frozen=True)
class Table:
    """A table as it stood at a moment."""

    oid: int
    schema: str
    name: str
    file: int

    @property
    def full_name(self) -> str:
        """Return schema and name."""
        return f"{self.schema}.{self.name}"

    @property
    def identifier(self) -> sql.Identifier:
        """Return its name for a statement."""
        return sql.Identifier(self.schema, self.name)


def tables_of(connection: psycopg.Connection) -> list[Table]:
    """Return every table that a copy must hold; partitions one by one."""
    return [Table(*row) for row in connection.execute(TABLES)]


def prepare(connection: psycopg.Connection) -> None:
    """Have rows written as text in one way, read by sequential scans."""
    connection.execute(SAME_TEXT)
    connection.execute(ONLY_SEQUENTIAL)


def read_in_snapshot(
    connection: psycopg.Connection, database: str, table: Table, snapshot: str
) -> Fingerprint | None:
    """Return a table's fingerprint as of a snapshot; None if it was replaced since.

    One short transaction per table: a build that replaces it waits no longer than that.
    """
    try:
        with connection.transaction():
            begin_at(connection, snapshot)
            rows, hash_sum = _one(connection, BY_SEQUENCE.format(table.identifier))
        if not is_as_it_was(connection, table):
            return None
    except (psycopg.errors.UndefinedTable, psycopg.errors.LockNotAvailable):
        return None
    return Fingerprint(database, table.full_name, rows, hash_sum)


def is_as_it_was(connection: psycopg.Connection, table: Table) -> bool:
    """Return whether the name still means this table, with the same file."""
    values = (table.oid, table.identifier.as_string(connection))
    found = connection.execute(FILE_NOW, values).fetchone()
    return found is not None and found[0] == table.file


def differences(
    connection: psycopg.Connection, table: Table, expected: Fingerprint
) -> Iterator[str]:
    """Yield how a table differs from what is expected, by either path."""
    connection.execute(ONLY_SEQUENTIAL)
    found = _one(connection, BY_SEQUENCE.format(table.identifier))
    if found[0] != expected.rows:
        yield f"{table.full_name}: {found[0]:,} rows instead of {expected.rows:,}"
    elif found[1] != expected.hash_sum:
        yield f"{table.full_name}: rows of other content"
    connection.execute(ONLY_INDEXES)
    (counted,) = _one(connection, COUNT_BY_INDEX.format(table.identifier))
    if counted != found[0]:
        yield f"{table.full_name}: {counted:,} rows by its index, {found[0]:,} without"
    elif (order := order_of(connection, table)) and found != _one(
        connection, in_order(table, order)
    ):
        yield f"{table.full_name}: rows of other content by its index"


def order_of(connection: psycopg.Connection, table: Table) -> list[str] | None:
    """Return the columns of an index that reaches every row, None without one."""
    name = table.identifier.as_string(connection)
    return _one(connection, ORDER, (name,))[0]


def in_order(table: Table, columns: list[str]) -> sql.Composed:
    """Return what hashes a table through the index of these columns."""
    ordered = sql.SQL(", ").join(map(sql.Identifier, columns))
    return IN_ORDER.format(table.identifier, ordered)


def _one(
    connection: psycopg.Connection, query: str | sql.Composed, values: tuple = ()
) -> tuple:
    return connection.execute(query, values).fetchone() or ()


def tables_at(connection: psycopg.Connection, snapshot: str) -> list[Table]:
    """Return every table as of a snapshot."""
    with connection.transaction():
        begin_at(connection, snapshot)
        return tables_of(connection)


def begin_at(connection: psycopg.Connection, snapshot: str) -> None:
    """Have a transaction that has just begun see what a snapshot shows."""
    connection.execute("set transaction isolation level repeatable read")
    connection.execute(
        sql.SQL("set transaction snapshot {}").format(sql.Literal(snapshot))
    )
