"""Seals the values of a table anew, a few pages at a time, while others work on it.

A value that is sealed by the current key is left alone, so a rotation that was killed
goes on where it was. Nothing else of a row changes: neither who wrote it nor when, so
an extract sees no news in it.
"""

from collections.abc import Callable

import psycopg
from psycopg import sql

from pipelines.access.keyring import Keyring
from pipelines.access.sealed_columns import SealedTable
from pipelines.failpoints import reach
from pipelines.rotation.locks import within

PAGES = 16
SIZE = """
    select pg_relation_size({table}::regclass) / current_setting('block_size')::bigint
"""
STALE = """
    select ctid::text, {row_name}, {columns} from {table}
    where ctid >= %(first)s::tid and ctid < %(end)s::tid and ({is_stale})
    for update
"""
REFUSES_UPDATES = """
    select exists (
        select 1 from pg_trigger
        where tgrelid = %s::regclass and not tgisinternal and tgtype & 16 <> 0
    )
"""

Progress = Callable[[str, int, int], None]


def reseal(
    owner: psycopg.Connection, table: SealedTable, keyring: Keyring, report: Progress
) -> int:
    """Seal every value of a table by the current key; return how many rows it took."""
    name = table.identifier.as_string(owner)
    found = owner.execute(sql.SQL(SIZE).format(table=sql.Literal(name))).fetchone()
    pages = int(found[0]) if found else 0
    resealed = 0
    for first in range(0, pages, PAGES):
        resealed += within(
            owner, lambda first=first: _reseal_pages(owner, table, keyring, first)
        )
        reach("values.batch")
        report(table.title, min(first + PAGES, pages), pages)
    return resealed


def _reseal_pages(
    owner: psycopg.Connection, table: SealedTable, keyring: Keyring, first: int
) -> int:
    """Seal the stale values of some pages, inside the caller's transaction."""
    is_guarded = _refuses_updates(owner, table)
    if is_guarded and not _stale_rows(owner, table, keyring, first, "limit 1"):
        return 0
    if is_guarded:
        _guard(owner, table, "disable")
    rows = _stale_rows(owner, table, keyring, first)
    changes = [
        (*_anew(table, keyring, row_name, stored), ctid)
        for ctid, row_name, *stored in rows
    ]
    reach("values.before_update")
    if changes:
        assignments = sql.SQL(", ").join(
            sql.SQL("{} = %s").format(sql.Identifier(column))
            for column in table.columns
        )
        with owner.cursor() as cursor:
            cursor.executemany(
                sql.SQL("update {} set {} where ctid = %s::tid").format(
                    table.identifier, assignments
                ),
                changes,
            )
    if is_guarded:
        _guard(owner, table, "enable")
    return len(changes)


def _anew(
    table: SealedTable, keyring: Keyring, row_name: str, stored: list[str | None]
) -> list[str | None]:
    """Return a row's values, sealed by the current key to the place they are at."""
    sealed = []
    for column, value in zip(table.columns, stored, strict=True):
        place = table.place(column, row_name)
        sealed.append(
            None
            if value is None
            else keyring.encrypt(keyring.decrypt(value, place), place)
        )
    return sealed


def _stale_rows(
    owner: psycopg.Connection,
    table: SealedTable,
    keyring: Keyring,
    first: int,
    limit: str = "",
) -> list[tuple]:
    current = sql.Literal(f"{keyring.current_column_key}:")
    is_stale = sql.SQL(" or ").join(
        sql.SQL("not starts_with({}, {})").format(sql.Identifier(column), current)
        for column in table.columns
    )
    statement = sql.SQL(STALE + limit).format(
        row_name=sql.SQL(table.row_name),
        columns=sql.SQL(", ").join(map(sql.Identifier, table.columns)),
        table=table.identifier,
        is_stale=is_stale,
    )
    pages = {"first": f"({first},0)", "end": f"({first + PAGES},0)"}
    return owner.execute(statement, pages).fetchall()


def _refuses_updates(owner: psycopg.Connection, table: SealedTable) -> bool:
    name = table.identifier.as_string(owner)
    found = owner.execute(REFUSES_UPDATES, (name,)).fetchone()
    return bool(found and found[0])


def _guard(owner: psycopg.Connection, table: SealedTable, action: str) -> None:
    """Lift what refuses changes for this transaction alone, and put it back.

    Only the table's owner can; nobody else changes the table meanwhile.
    """
    owner.execute(
        sql.SQL("alter table {} {} trigger user").format(
            table.identifier, sql.SQL(action)
        )
    )
