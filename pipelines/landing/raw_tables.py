"""The tables of the feeds, made from the contracts; columns are added, not dropped."""

import psycopg
from psycopg import sql

from pipelines.database.roles import Role
from pipelines.feeds.catalogue import FEEDS
from pipelines.feeds.contract import ColumnType, Feed
from pipelines.feeds.dbt_sources import source_of

# Where a row came from, and which version of its fact it is.
VERSION_COLUMNS = (
    ("is_closed", "boolean"),
    ("version_at", "timestamptz"),
    ("known_from", "timestamptz"),
    ("adapter_revision", "integer"),
    ("delivery_id", "bigint"),
    ("file_id", "bigint"),
    ("line_number", "bigint"),
    ("content_hash", "uuid"),
)


class ContractError(Exception):
    """A feed's contract and its table differ in a way that only a person can settle."""


def reference_key(column: str) -> str:
    """Return what ``surviving_patient_id`` is called once it is a patient key."""
    return column.removesuffix("_patient_id") + "_patient_key"


def raw_columns(feed: Feed) -> list[tuple[str, str]]:
    """Return name and type of every column of ``raw.<feed>``, in order."""
    patient = [("patient_key", "bigint")] if feed.has_patient else []
    content = [
        (reference_key(column.name), "bigint")
        if column.name in feed.patient_references
        else (column.name, column.type.value)
        for column in feed.raw_columns
    ]
    return [
        ("source_system", "text"),
        ("record_id", "text"),
        *patient,
        *content,
        *VERSION_COLUMNS,
    ]


def identity_columns(feed: Feed) -> list[tuple[str, str]]:
    """Return name and type of every column of ``identity.<feed>``, in order."""
    direct = [(column.name, ColumnType.TEXT.value) for column in feed.direct_columns]
    plain = (
        [(column.name, column.type.value) for column in feed.raw_columns]
        if feed.is_identity_only
        else []
    )
    patient_id = [("source_patient_id", "text")] if feed.name == "patients" else []
    return [
        ("source_system", "text"),
        ("record_id", "text"),
        ("patient_key", "bigint"),
        *patient_id,
        *direct,
        *plain,
        *VERSION_COLUMNS,
    ]


def ensure_feed_tables(connection: psycopg.Connection) -> None:
    """Make what is missing, as the owner; never change what is there.

    Raises:
        ContractError: a column has another type than its contract says.
    """
    for feed in FEEDS.values():
        if not feed.is_identity_only:
            _ensure_table(connection, "raw", feed.name, raw_columns(feed))
        if feed.direct_columns:
            _ensure_table(connection, "identity", feed.name, identity_columns(feed))
    for feed in FEEDS.values():
        if source_of(feed) == "persons" and not feed.is_identity_only:
            _renew_view(connection, feed)


# The two halves are told apart by the small table of merges, so that a condition on
# patient_key reaches the index of the raw table in both. Of a person's demographics
# those of the surviving key are shown, and no others.
OF_PERSONS = """
    create view {view} with (security_invoker = true) as
    select {columns}
    from {table} as fact
    where not exists (
        select from raw.merged_patients as merged
        where merged.patient_key = fact.patient_key
    )
"""
OF_MERGED = """
    union all
    select {columns}
    from raw.merged_patients as merged
    inner join {table} as fact on merged.patient_key = fact.patient_key
"""


def _renew_view(connection: psycopg.Connection, feed: Feed) -> None:
    """Make the view of a feed by person, unless it has the contract's columns."""
    names = [name for name, _ in raw_columns(feed)]
    if list(present_columns(connection, "persons", feed.name)) == names:
        return
    view = sql.Identifier("persons", feed.name)
    # Views of dbt that read it fall with it; the changed contract has dbt build anew.
    connection.execute(sql.SQL("drop view if exists {} cascade").format(view))
    halves = [OF_PERSONS] if feed.name == "patients" else [OF_PERSONS, OF_MERGED]
    keys = ("fact.patient_key", "merged.surviving_patient_key as patient_key")
    statement = sql.SQL("").join(
        sql.SQL(half).format(
            view=view,
            table=sql.Identifier("raw", feed.name),
            columns=_columns_of_view(names, key),
        )
        for half, key in zip(halves, keys, strict=False)
    )
    connection.execute(statement)
    connection.execute(
        sql.SQL("grant select on {} to {}").format(view, sql.Identifier(Role.BUILDER))
    )


def _columns_of_view(names: list[str], key: str) -> sql.Composed:
    return sql.SQL(", ").join(
        sql.SQL(key) if name == "patient_key" else sql.Identifier("fact", name)
        for name in names
    )


def _ensure_table(
    connection: psycopg.Connection,
    schema: str,
    name: str,
    columns: list[tuple[str, str]],
) -> None:
    present = present_columns(connection, schema, name)
    table = sql.Identifier(schema, name)
    if not present:
        _create_table(connection, schema, name, columns)
        return
    for column, column_type in columns:
        if column not in present:
            connection.execute(
                sql.SQL("alter table {} add column {} {}").format(
                    table, sql.Identifier(column), sql.SQL(column_type)
                )
            )
        elif present[column] != column_type:
            msg = (
                f"{schema}.{name}.{column} is {present[column]}, its contract says "
                f"{column_type}: write a migration that converts it"
            )
            raise ContractError(msg)


def _create_table(
    connection: psycopg.Connection,
    schema: str,
    name: str,
    columns: list[tuple[str, str]],
) -> None:
    table = sql.Identifier(schema, name)
    required = {"source_system", "record_id", "patient_key"}
    required |= {column for column, _ in VERSION_COLUMNS}
    definitions = sql.SQL(", ").join(
        sql.SQL("{} {}{}").format(
            sql.Identifier(column),
            sql.SQL(column_type),
            sql.SQL(" not null" if column in required else ""),
        )
        for column, column_type in columns
    )
    connection.execute(
        sql.SQL(
            "create table {} ({}, "
            "unique (source_system, record_id, version_at, content_hash))"
        ).format(table, definitions)
    )
    if any(column == "patient_key" for column, _ in columns):
        connection.execute(sql.SQL("create index on {} (patient_key)").format(table))
    _grant(connection, schema, table)


def _grant(connection: psycopg.Connection, schema: str, table: sql.Identifier) -> None:
    loader, builder = sql.Identifier(Role.LOADER), sql.Identifier(Role.BUILDER)
    connection.execute(
        sql.SQL("grant select, insert on {} to {}").format(table, loader)
    )
    if schema == "raw":
        connection.execute(sql.SQL("grant select on {} to {}").format(table, builder))


def present_columns(
    connection: psycopg.Connection, schema: str, name: str
) -> dict[str, str]:
    """Return name and type of a table's columns; nothing if there is no table."""
    rows = connection.execute(
        "select attname, format_type(atttypid, atttypmod) from pg_attribute "
        "where attrelid = to_regclass(%s) and attnum > 0 and not attisdropped "
        "order by attnum",
        (f"{schema}.{name}",),
    ).fetchall()
    spelled = {"timestamp with time zone": "timestamptz"}
    return {column: spelled.get(kind, kind) for column, kind in rows}
