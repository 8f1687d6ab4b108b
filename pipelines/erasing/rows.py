"""The rows of a patient: in every table that has a column of patient keys.

Which tables those are is asked of the database, so that a new one is not forgotten.
The audit trail stays: it names keys alone, and the law wants it kept.
"""

from collections import Counter
from collections.abc import Iterator, Sequence

import psycopg
from psycopg import sql

from pipelines.feeds.catalogue import FEEDS

# Lists of patients that a build works through: theirs has yet to be rebuilt.
KEPT = ("raw.touched_patients", "raw.building_patients")
OF_PATIENTS = """
    select namespace.nspname, relation.relname, array_agg(attribute.attname::text)
    from pg_class as relation
    inner join pg_namespace as namespace on relation.relnamespace = namespace.oid
    inner join pg_attribute as attribute on relation.oid = attribute.attrelid
    where relation.relkind = 'r'
        and relation.relowner = current_user::regrole
        and namespace.nspname not in ('audit', 'pg_catalog', 'information_schema')
        and namespace.nspname || '.' || relation.relname <> all(%s)
        and attribute.attnum > 0
        and not attribute.attisdropped
        and attribute.atttypid = 'bigint'::regtype
        and (attribute.attname like '%%patient\\_key' or attribute.attname = any(%s))
    group by namespace.nspname, relation.relname
    order by namespace.nspname, relation.relname
"""
ACCOUNTS = "select user_id from access.person where patient_key = %s"
OF_ACCOUNTS = """
    select conrelid::regclass::text, attribute.attname::text
    from pg_constraint
    inner join pg_attribute as attribute
        on attribute.attrelid = conrelid and attribute.attnum = conkey[1]
    where confrelid = 'access.person'::regclass and cardinality(conkey) = 1
"""
RESEARCH_VISITS = """
    delete from identity.research_encounter
    where encounter_key in (
        select source_system || ':' || record_id from raw.encounters
        where patient_key = %s
    )
"""


def remove_rows(connection: psycopg.Connection, patient_key: int) -> Counter[str]:
    """Remove a patient's rows from every table of the connected login's own."""
    removed: Counter[str] = Counter()
    for schema, name, columns in _tables(connection):
        table = sql.Identifier(schema, name)
        is_theirs = sql.SQL(" or ").join(
            sql.SQL("{} = %(key)s").format(sql.Identifier(column)) for column in columns
        )
        _guard(connection, table, "disable")
        done = connection.execute(
            sql.SQL("delete from {} where {}").format(table, is_theirs),
            {"key": patient_key},
        )
        _guard(connection, table, "enable")
        if done.rowcount:
            removed[f"{schema}.{name}"] += done.rowcount
    return removed


def remove_accounts(owner: psycopg.Connection, patient_key: int) -> Counter[str]:
    """Remove what a patient signs in with, and what hangs on it."""
    users = [user for (user,) in owner.execute(ACCOUNTS, (patient_key,))]
    removed: Counter[str] = Counter()
    if users:
        for table, column in owner.execute(OF_ACCOUNTS).fetchall():
            done = owner.execute(
                sql.SQL("delete from {} where {} = any(%s)").format(
                    sql.SQL(table), sql.Identifier(column)
                ),
                (users,),
            )
            removed[table] += done.rowcount
    return +removed


def remove_research_visits(owner: psycopg.Connection, patient_key: int) -> int:
    """Remove the random numbers that research knows a patient's visits by."""
    return owner.execute(RESEARCH_VISITS, (patient_key,)).rowcount


def tables_of_patients(connection: psycopg.Connection) -> list[str]:
    """Return the tables that rows are removed from."""
    return [f"{schema}.{name}" for schema, name, _ in _tables(connection)]


def _tables(connection: psycopg.Connection) -> Iterator[tuple[str, str, list[str]]]:
    yield from connection.execute(OF_PATIENTS, (list(KEPT), _references())).fetchall()


def _references() -> Sequence[str]:
    """Return what columns of the record call another patient."""
    return [name for feed in FEEDS.values() for name in feed.patient_references]


def _guard(connection: psycopg.Connection, table: sql.Identifier, action: str) -> None:
    """Lift what refuses removals for this transaction alone, and put it back."""
    statement = sql.SQL("alter table {} {} trigger user")
    connection.execute(statement.format(table, sql.SQL(action)))
