"""Makes databases and logins, then brings the schemas up to date. Safe to repeat."""

import psycopg
from alembic import command
from alembic.config import Config
from psycopg import sql
from sqlalchemy import create_engine

from pipelines.access.encryption import ensure_keyring
from pipelines.database import embedded
from pipelines.database.connections import (
    DATABASES,
    WAREHOUSE,
    administrator_conninfo,
    connect,
    ensure_passwords,
    sqlalchemy_url,
)
from pipelines.database.roles import Role
from pipelines.landing.raw_tables import ensure_feed_tables
from pipelines.settings import PROJECT, Settings

OLDEST_EXTERNAL = 150000
MIGRATIONS = PROJECT / "pipelines" / "database" / "migrations"
OWNERS = {"record": Role.OWNER, WAREHOUSE: Role.OWNER, "dagster": Role.DAGSTER}


def bring_up(settings: Settings) -> None:
    """Start the embedded server if it is ours, and bring every database up to date.

    Raises:
        ServerError: the embedded server does not start, or the external one is too old.
    """
    passwords = ensure_passwords(settings)
    ensure_keyring(settings.keys_folder)
    if not settings.database_url:
        embedded.start(settings, passwords[embedded.ADMINISTRATOR])
    with psycopg.connect(**administrator_conninfo(settings), autocommit=True) as server:
        _check_version(server)
        _ensure_logins(server, passwords)
        for name in DATABASES:
            _ensure_database(server, name)
    migrate(settings)
    with connect(settings, Role.OWNER) as connection:
        ensure_feed_tables(connection)


def migrate(settings: Settings, revision: str = "head") -> None:
    """Bring the warehouse's schemas to a revision, as ``ehr_owner``."""
    engine = create_engine(sqlalchemy_url(settings, Role.OWNER, WAREHOUSE, "psycopg"))
    configuration = Config()
    configuration.set_main_option("script_location", str(MIGRATIONS))
    with engine.begin() as connection:
        configuration.attributes["connection"] = connection
        command.upgrade(configuration, revision)
    engine.dispose()


def _check_version(server: psycopg.Connection) -> None:
    if server.info.server_version < OLDEST_EXTERNAL:
        msg = (
            f"PostgreSQL {server.info.server_version // 10000} is too old: 15 or later"
        )
        raise embedded.ServerError(msg)


def _ensure_logins(server: psycopg.Connection, passwords: dict[str, str]) -> None:
    present = {name for (name,) in server.execute("select rolname from pg_roles")}
    for role in Role:
        verb = "alter" if role.value in present else "create"
        server.execute(
            sql.SQL(
                "{} role {} login noinherit nosuperuser nocreatedb nocreaterole "
                "nobypassrls password {}"
            ).format(sql.SQL(verb), sql.Identifier(role), passwords[role.value])
        )


def _ensure_database(server: psycopg.Connection, name: str) -> None:
    found = server.execute("select 1 from pg_database where datname = %s", (name,))
    database, owner = sql.Identifier(name), sql.Identifier(OWNERS[name])
    if found.fetchone() is None:
        # A role can own a database only if the maker may act as that role.
        server.execute(sql.SQL("grant {} to current_user").format(owner))
        server.execute(
            sql.SQL(
                "create database {} owner {} template template0 encoding 'UTF8'"
            ).format(database, owner)
        )
        server.execute(sql.SQL("revoke {} from current_user").format(owner))
    # TEMP is granted to everybody by default; whoever has it can shadow a function.
    server.execute(sql.SQL("revoke all on database {} from public").format(database))
    if name == WAREHOUSE:
        logins = sql.SQL(", ").join(map(sql.Identifier, Role))
        makers = sql.SQL(", ").join(map(sql.Identifier, (Role.LOADER, Role.BUILDER)))
        for privilege, roles in (("connect", logins), ("temporary", makers)):
            server.execute(
                sql.SQL("grant {} on database {} to {}").format(
                    sql.SQL(privilege), database, roles
                )
            )
