"""What PostgreSQL lets everybody do, taken away where people write SQL of their own.

A researcher's login may read. By default every login may also keep large objects in the
database, write into its log of changes, hold locks that a build waits for, and run
programs in PL/pgSQL.
"""

import psycopg
from psycopg import sql

from pipelines.database.connections import administrator_conninfo
from pipelines.database.databases import WAREHOUSE
from pipelines.database.roles import Role
from pipelines.settings import Settings

# Giving back all advisory locks of one's own harms nobody; every pool does it.
OPEN_FUNCTIONS = """
    select routine.oid::regprocedure::text
    from pg_proc as routine
    where routine.pronamespace = 'pg_catalog'::regnamespace
        and (
            routine.proname like any (array[
                'lo\\_%', 'pg\\_advisory\\_%', 'pg\\_try\\_advisory\\_%'
            ])
            or routine.proname in ('loread', 'lowrite', 'pg_logical_emit_message')
        )
        and routine.proname <> 'pg_advisory_unlock_all'
        and has_function_privilege('public', routine.oid, 'execute')
    order by 1
"""
# A load and a build take a lock so that there is one at a time.
LOCKERS = (Role.LOADER, Role.BUILDER, Role.OWNER)
LOCKS = """
    select routine.oid::regprocedure::text
    from pg_proc as routine
    where routine.pronamespace = 'pg_catalog'::regnamespace
        and routine.proname like any (array[
            'pg\\_advisory\\_%', 'pg\\_try\\_advisory\\_%'
        ])
"""


def close_functions(settings: Settings) -> None:
    """Take from everybody what only services need, in the database that people enter.

    Only a superuser may: an external server whose administrator is none stays as it is,
    and ``open_functions`` tells what its superuser should close.
    """
    with psycopg.connect(**administrator_conninfo(settings)) as server:
        # Who is no superuser may not even enter the warehouse.
        if not _is_superuser(server):
            return
    with psycopg.connect(**administrator_conninfo(settings, WAREHOUSE)) as server:
        functions = open_functions(server)
        for function in functions:
            _execute(server, "revoke execute on function {} from public", function)
        if functions:
            for (lock,) in server.execute(LOCKS).fetchall():
                _execute(server, "grant execute on function {} to {}", lock, *LOCKERS)
        server.execute("revoke usage on language plpgsql from public")
        server.execute(
            sql.SQL("grant usage on language plpgsql to {}").format(
                sql.Identifier(Role.OWNER)
            )
        )


def open_functions(connection: psycopg.Connection) -> list[str]:
    """Return the functions that everybody may still call in the connected database."""
    return [name for (name,) in connection.execute(OPEN_FUNCTIONS)]


def _is_superuser(server: psycopg.Connection) -> bool:
    found = server.execute("select rolsuper from pg_roles where rolname = current_user")
    row = found.fetchone()
    return bool(row and row[0])


def _execute(
    server: psycopg.Connection, statement: str, function: str, *roles: Role
) -> None:
    """Run a statement about one function; its signature is the server's own text."""
    names = sql.SQL(", ").join(map(sql.Identifier, roles))
    server.execute(sql.SQL(statement).format(sql.SQL(function), names))
