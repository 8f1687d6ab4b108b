"""Every column that holds encrypted values, and what each value is bound to.

This is the one list: a rotation, an erasure and the tests go by it. A value is
``key id:base64``; its place is the table's name, the column and the row's name, with
bars between. A test looks through all databases for encrypted values elsewhere.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import psycopg
from psycopg import sql

from pipelines.database.databases import RECORD, WAREHOUSE
from pipelines.feeds.catalogue import DOMAIN_OF, FEEDS

OF_A_VERSION = "record_id || '.' || replace(content_hash::text, '-', '')"
# How an encrypted value begins, and what it is made of: 12 + 16 bytes at the least.
CIPHERTEXT = "[a-z][0-9]+:[A-Za-z0-9+/]{38,}={0,2}"


@dataclass(frozen=True)
class SealedTable:
    """One table with encrypted columns.

    ``row_name`` is the SQL expression of what names a row in the place of its values.
    ``title`` is what the place calls the table.
    """

    database: str
    schema: str
    name: str
    columns: tuple[str, ...]
    row_name: str
    title: str

    @property
    def identifier(self) -> sql.Identifier:
        """Return the table, for a statement."""
        return sql.Identifier(self.schema, self.name)

    def place(self, column: str, row_name: str) -> str:
        """Return what a value of a row is bound to."""
        return f"{self.title}|{column}|{row_name}"


def _in_warehouse(title: str, columns: tuple[str, ...], row_name: str) -> SealedTable:
    schema, _, name = title.partition(".")
    return SealedTable(WAREHOUSE, schema, name, columns, row_name, title)


def _of_feeds() -> Iterator[SealedTable]:
    for feed in FEEDS.values():
        columns = tuple(column.name for column in feed.direct_columns)
        if not columns:
            continue
        more = ("source_patient_id",) if feed.name == "patients" else ()
        yield _in_warehouse(f"identity.{feed.name}", columns + more, OF_A_VERSION)
        domain = DOMAIN_OF[feed.name]
        title = f"record.{domain}.{feed.name}"
        yield SealedTable(RECORD, domain, feed.name, columns, "version_id::text", title)


SEALED_TABLES = (
    *_of_feeds(),
    _in_warehouse("access.key_check", ("sealed",), "'only'"),
    _in_warehouse("access.draft", ("sealed",), "user_id || E'\\x1f' || form"),
    _in_warehouse("access.second_factor", ("secret",), "user_id"),
    _in_warehouse("quality.value_report", ("sealed_words",), "report_id::text"),
    _in_warehouse("quality.report_answer", ("sealed_words",), "answer_id::text"),
    _in_warehouse(
        "quarantine.row", ("original_text",), "replace(address::text, '-', '')"
    ),
)


def present_tables(owner: psycopg.Connection) -> list[SealedTable]:
    """Return the listed tables that the connected database has."""
    database = owner.info.dbname
    return [
        table
        for table in SEALED_TABLES
        if table.database == database and _is_present(owner, table)
    ]


def _is_present(owner: psycopg.Connection, table: SealedTable) -> bool:
    found = owner.execute(
        "select to_regclass(%s) is not null",
        (sql.Identifier(table.schema, table.name).as_string(owner),),
    ).fetchone()
    return bool(found and found[0])
