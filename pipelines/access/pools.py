"""One small pool per login; connections carry nothing from one person to the next."""

from functools import cache

import psycopg
from psycopg_pool import ConnectionPool

from pipelines.database.connections import conninfo
from pipelines.database.databases import WAREHOUSE
from pipelines.database.roles import Role
from pipelines.settings import Settings

MOST_CONNECTIONS = 4
WAIT_SECONDS = 10.0
IDLE_SECONDS = 120.0
# A page fails with a clear word rather than hang while the audit trail is locked.
AUDIT_SECONDS = 10
# What "discard all" does, but for prepared statements: these hold no one's
# values, and psycopg would not know that they are gone.
FORGET = """
    reset session authorization; reset all; close all; unlisten *;
    select pg_advisory_unlock_all(); discard temp; discard sequences
"""


@cache
def pool_of(
    settings: Settings, role: Role, database: str = WAREHOUSE
) -> ConnectionPool:
    """Return the pool of a login; it connects when first asked for a connection."""
    return ConnectionPool(
        kwargs={
            **conninfo(settings, role, database),
            "autocommit": True,
            "options": _options(settings, role),
        },
        min_size=0,
        max_size=MOST_CONNECTIONS,
        timeout=AUDIT_SECONDS if role is Role.AUDITOR else WAIT_SECONDS,
        max_idle=IDLE_SECONDS,
        # One empty statement, 0.1 ms: after a restart of the server nobody's first page
        # fails because of a connection that ended with it.
        check=ConnectionPool.check_connection,
        reset=_reset,
        open=True,
        name=role.value,
    )


def _options(settings: Settings, role: Role) -> str:
    options = f"-c TimeZone={settings.time_zone}"
    if role is Role.AUDITOR:
        options += f" -c statement_timeout={AUDIT_SECONDS}s"
    return options


def _reset(connection: psycopg.Connection) -> None:
    connection.isolation_level = None
    connection.read_only = None
    connection.execute(FORGET)
