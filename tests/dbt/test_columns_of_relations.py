"""What dbt is told of a relation's columns is what it would have asked itself."""

import re

from pipelines.database.connections import connect
from pipelines.database.roles import Role
from pipelines.settings import PROJECT
from tests.dbt.conftest import ThreeBuilds

MACRO = PROJECT / "dbt_project/macros/columns_of_relations.sql"
# As dbt-postgres asks.
ASKED_BY_DBT = """
    select
        column_name, data_type, character_maximum_length, numeric_precision,
        numeric_scale
    from information_schema.columns
    where table_name = %s and table_schema = %s
    order by ordinal_position
"""
RELATIONS = """
    select relation.relname, schema.nspname
    from pg_class as relation
    inner join pg_namespace as schema on relation.relnamespace = schema.oid
    where schema.nspname in ('marts', 'staging', 'intermediate', 'raw', 'research')
        and relation.relkind in ('r', 'v')
"""
# Lengths, scales, arrays, and a name that has to be quoted: no mart has all of them.
ODD = """
    create temporary table "odd One" (
        "Name" varchar(7), code char(2), free varchar, amount numeric(9, 2),
        share double precision, many text[], at timestamptz, number bigint, gone text
    )
"""


def macros_query(relation: str) -> str:
    """Return the macro's statement for a relation."""
    body = MACRO.read_text().partition("fetch_result=True) %}")[2]
    statement = body.partition("{% endcall %}")[0]
    return re.sub(r"\{\{.*?\}\}", relation, statement)


def test_columns_are_those_that_dbt_would_find(three_builds: ThreeBuilds) -> None:
    with connect(three_builds.settings, Role.BUILDER) as connection:
        relations = connection.execute(RELATIONS).fetchall()
        for name, schema in relations:
            asked = connection.execute(ASKED_BY_DBT, (name, schema)).fetchall()
            found = connection.execute(macros_query(f'"{schema}"."{name}"')).fetchall()
            assert asked, name
            assert found == asked, name

    assert len(relations) > 200


def test_columns_of_a_temporary_table_are_found_by_its_name(
    three_builds: ThreeBuilds,
) -> None:
    with connect(three_builds.settings, Role.BUILDER) as connection:
        connection.execute(ODD)
        connection.execute('alter table "odd One" drop column gone')
        (schema,) = connection.execute(
            "select nspname from pg_namespace where oid = pg_my_temp_schema()"
        ).fetchone()
        asked = connection.execute(ASKED_BY_DBT, ("odd One", schema)).fetchall()
        found = connection.execute(macros_query('"odd One"')).fetchall()

    assert len(found) == 8
    assert found == asked


def test_a_relation_that_is_not_there_has_no_columns(
    three_builds: ThreeBuilds,
) -> None:
    with connect(three_builds.settings, Role.BUILDER) as connection:
        assert connection.execute(macros_query('"marts"."none"')).fetchall() == []
