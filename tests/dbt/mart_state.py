"""What the marts hold: one hash per mart, and the policies on it."""

from dataclasses import dataclass
from pathlib import Path

import psycopg
import yaml
from psycopg import sql

from pipelines.database.connections import connect
from pipelines.database.roles import Role
from pipelines.settings import Settings

MARTS = Path(__file__).parents[2] / "dbt_project/models/marts"
RELATIONS = """
    select
        relation.relname,
        relation.relrowsecurity and relation.relforcerowsecurity as is_forced,
        exists (
            select 1 from pg_attribute as attribute
            where attribute.attrelid = relation.oid
                and attribute.attname = 'patient_key' and not attribute.attisdropped
        ) as has_patient
    from pg_class as relation
    where relation.relnamespace = 'marts'::regnamespace
        and relation.relkind in ('r', 'v', 'm', 'p')
    order by relation.relname
"""
POLICIES = """
    select tablename, policyname, permissive, array_to_string(roles, ','), cmd, qual
    from pg_policies where schemaname = 'marts'
    order by tablename, policyname
"""
GRANTS = """
    select table_name, grantee, privilege_type
    from information_schema.role_table_grants
    where table_schema = 'marts' and grantee <> 'ehr_builder'
    order by table_name, grantee, privilege_type
"""


@dataclass(frozen=True)
class State:
    """Everything about the marts that a test compares."""

    relations: list[tuple[str, bool, bool]]
    policies: list[tuple[str, ...]]
    grants: list[tuple[str, str, str]]
    content: dict[str, str]


def state_of(settings: Settings) -> State:
    """Return what the marts hold now."""
    with connect(settings, Role.BUILDER) as connection:
        return State(
            connection.execute(RELATIONS).fetchall(),
            connection.execute(POLICIES).fetchall(),
            connection.execute(GRANTS).fetchall(),
            {mart.stem: _hash_of(connection, mart) for mart in MARTS.rglob("*.sql")},
        )


def _hash_of(connection: psycopg.Connection, mart: Path) -> str:
    (properties,) = yaml.safe_load(mart.with_suffix(".yml").read_text())["models"]
    columns = [
        sql.Identifier(column["name"])
        for column in properties["columns"]
        if "provenance" not in column["config"].get("tags", [])
    ]
    statement = sql.SQL(
        "select md5(coalesce(string_agg(row_text, '|' order by row_text collate "
        "\"C\"), '')) "
        "from (select row({columns})::text as row_text from {mart}) as rows"
    ).format(
        columns=sql.SQL(", ").join(columns), mart=sql.Identifier("marts", mart.stem)
    )
    row = connection.execute(statement).fetchone()
    return row[0] if row else ""
