"""Has PostgreSQL itself refuse values that are not sealed by the current key.

A load that began before the rotation may still hold the old key. Once a table is
closed, what it seals with that key is refused, and the load with it; nothing can slip
in between the last look at the table and the end of the old key.
"""

import psycopg
from psycopg import sql

from pipelines.access.sealed_columns import SealedTable
from pipelines.failpoints import reach
from pipelines.rotation.failures import RotationError
from pipelines.rotation.locks import within

CONSTRAINT = "sealed_by_current_key"
IS_CLOSED = """
    select exists (
        select 1 from pg_constraint where conrelid = %s::regclass and conname = %s
    )
"""


def open_table(owner: psycopg.Connection, table: SealedTable) -> None:
    """Let a table take values of another key than the last one."""
    name = table.identifier.as_string(owner)
    found = owner.execute(IS_CLOSED, (name, CONSTRAINT)).fetchone()
    if found and found[0]:
        within(owner, lambda: _drop(owner, table))


def close_table(owner: psycopg.Connection, table: SealedTable, key_id: str) -> None:
    """Have every value written from now on sealed by this key.

    Waits for the transactions that have written to the table.
    """
    prefix = sql.Literal(f"{key_id}:")
    rule = sql.SQL(" and ").join(
        sql.SQL("starts_with({}, {})").format(sql.Identifier(column), prefix)
        for column in table.columns
    )
    statement = sql.SQL("alter table {} add constraint {} check ({}) not valid").format(
        table.identifier, sql.Identifier(CONSTRAINT), rule
    )

    def close() -> None:
        _drop(owner, table)
        owner.execute(statement)

    within(owner, close)
    reach("table.closed")


def verify_table(owner: psycopg.Connection, table: SealedTable) -> None:
    """Have PostgreSQL look at every row, also those that policies hide from us.

    Raises:
        RotationError: a value under another key is left.
    """
    statement = sql.SQL("alter table {} validate constraint {}").format(
        table.identifier, sql.Identifier(CONSTRAINT)
    )
    try:
        owner.execute(statement)
    except psycopg.errors.CheckViolation:
        msg = (
            f"{table.title} still holds values under the old key that ehr_owner does "
            "not see: give it a policy for them, then run 'ehr key rotate' again"
        )
        raise RotationError(msg) from None


def _drop(owner: psycopg.Connection, table: SealedTable) -> None:
    owner.execute(
        sql.SQL("alter table {} drop constraint if exists {}").format(
            table.identifier, sql.Identifier(CONSTRAINT)
        )
    )
