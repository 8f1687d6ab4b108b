"""Cells that the server's own catalog tells: every right of every role, no other."""

import psycopg

from tests.permissions.warehouse.catalog import (
    COLUMN_RIGHTS,
    FUNCTION_RIGHTS,
    SCHEMA_RIGHTS,
    SEQUENCE_RIGHTS,
    TABLE_RIGHTS,
    Relation,
)
from tests.permissions.warehouse.cells import Cells
from tests.permissions.warehouse.expected_rights import SEQUENCE_VERBS
from tests.permissions.warehouse.site_of_rights import Site
from tests.permissions.warehouse.ways_of_use import TABLE_VERBS

COLUMN_VERBS = ("select", "insert", "update", "references")
MAINTAIN = 170000  # the version of PostgreSQL that knows this right


def compare_catalog(cells: Cells, connection: psycopg.Connection, site: Site) -> None:
    """Compare what the catalog says of every cell with what is expected."""
    verbs = set(TABLE_VERBS)
    if connection.info.server_version < MAINTAIN:
        verbs.remove("maintain")
    tables = [each for each in site.relations if each.kind != "S"]
    sequences = [each for each in site.relations if each.kind == "S"]
    _compare_relations(cells, connection, site, TABLE_RIGHTS, tables, verbs)
    _compare_relations(
        cells, connection, site, SEQUENCE_RIGHTS, sequences, set(SEQUENCE_VERBS)
    )
    _compare_columns(cells, connection, site, tables)
    _compare_functions(cells, connection, site)
    _compare_schemas(cells, connection, site)


def _compare(cells: Cells, found: set, expected: set, count: int) -> None:
    """Count cells; keep those that stand in one of the two sets only."""
    cells.catalog += count
    for cell in sorted(found ^ expected):
        where = "only in the catalog" if cell in found else "only expected"
        cells.differing.append((*map(str, cell), where))


def _compare_relations(
    cells: Cells,
    connection: psycopg.Connection,
    site: Site,
    query: str,
    relations: list[Relation],
    verbs: set[str],
) -> None:
    names = {each.quoted: each.full_name for each in relations}
    asked = {"roles": site.roles, "relations": list(names), "verbs": list(verbs)}
    found = {
        (role, names[name], verb)
        for role, name, said in connection.execute(query, asked)
        for verb in said.split()
    }
    expected = {
        (role, each.full_name, verb)
        for role in site.roles
        for each in relations
        for verb in verbs
        if site.rights.may(role, each, verb)
    }
    _compare(cells, found, expected, len(site.roles) * len(relations) * len(verbs))


def _compare_columns(
    cells: Cells, connection: psycopg.Connection, site: Site, tables: list[Relation]
) -> None:
    names = {each.quoted: each.full_name for each in tables}
    rows = connection.execute(
        COLUMN_RIGHTS,
        {"roles": site.roles, "relations": list(names), "verbs": list(COLUMN_VERBS)},
    )
    found = {
        (role, names[name], verb, column)
        for role, name, verb, columns in rows
        for column in columns
    }
    expected = {
        (role, name, verb, column)
        for (role, name, verb), columns in site.rights.columns.items()
        for column in columns
    }
    columns = sum(len(each.columns) for each in tables)
    _compare(cells, found, expected, columns * len(site.roles) * len(COLUMN_VERBS))


def _compare_functions(
    cells: Cells, connection: psycopg.Connection, site: Site
) -> None:
    signatures = [each.signature for each in site.functions]
    rows = connection.execute(
        FUNCTION_RIGHTS, {"roles": site.roles, "functions": signatures}
    )
    count = len(site.roles) * len(signatures)
    _compare(cells, set(rows.fetchall()), site.rights.functions, count)


def _compare_schemas(cells: Cells, connection: psycopg.Connection, site: Site) -> None:
    asked = {"roles": site.roles, "schemas": site.schemas}
    found = {
        (role, name, verb)
        for role, name, said in connection.execute(SCHEMA_RIGHTS, asked)
        for verb in said.split()
    }
    expected = {
        (role, name, verb)
        for role in site.roles
        for name in site.schemas
        for verb in ("usage", "create")
        if site.rights.schemas[role, name] & {verb, "owns"}
    }
    _compare(cells, found, expected, len(site.roles) * len(site.schemas) * 2)
