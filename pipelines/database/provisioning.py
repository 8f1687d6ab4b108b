"""Makes databases and logins, then brings the schemas up to date. Safe to repeat."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from alembic import command
from alembic.config import Config
from psycopg import sql
from sqlalchemy import create_engine

from pipelines.access.key_check import ensure_key_check
from pipelines.access.keyring import Keyring
from pipelines.database import embedded
from pipelines.database.connections import (
    administrator_conninfo,
    connect,
    sqlalchemy_url,
)
from pipelines.database.databases import DATABASES, RECORD, WAREHOUSE, Database
from pipelines.database.embedded import ServerError
from pipelines.database.hardening import close_functions
from pipelines.database.installation_keys import installation_keyring
from pipelines.database.logins import ensure_logins
from pipelines.database.passwords import ADMINISTRATOR, ensure_passwords
from pipelines.database.roles import Role
from pipelines.database.unfinished_restore import refuse_unfinished
from pipelines.landing.raw_tables import ensure_feed_tables
from pipelines.record.tables import ensure_record_tables
from pipelines.record.tickets import ensure_ticket_key
from pipelines.settings import PROJECT, Settings

OLDEST_EXTERNAL = 150000
MIGRATIONS = PROJECT / "pipelines" / "database" / "migrations"
# One way of migrating, and for each database revisions of its own.
REVISIONS = {
    RECORD: PROJECT / "pipelines" / "record" / "migrations",
    WAREHOUSE: MIGRATIONS / "versions",
}
# Databases that every PostgreSQL has, open to every login until they are closed.
OF_EVERY_SERVER = ("postgres", "template1")


def bring_up(settings: Settings) -> None:
    """Start the embedded server if it is ours, and bring every database up to date.

    Raises:
        ServerError: the server does not start, is too old or lets us not in.
        KeyringError: the keys are missing, damaged or another installation's.
    """
    refuse_unfinished(settings.root)
    with _only_one_at_a_time(settings):
        keyring = _make_databases(settings)
        for database in REVISIONS:
            migrate(settings, database)
        with (
            connect(settings, Role.OWNER) as warehouse,
            connect(settings, Role.OWNER, RECORD) as record,
        ):
            ensure_key_check(warehouse, keyring)
            ensure_feed_tables(warehouse)
            ensure_record_tables(record)
            ensure_ticket_key(warehouse, record)
        close_functions(settings)


def make_databases(settings: Settings) -> None:
    """Make logins and empty databases, as for a restore.

    Raises:
        ServerError: the server does not start, is too old or lets us not in.
    """
    with _only_one_at_a_time(settings):
        _make_databases(settings)


def _make_databases(settings: Settings) -> Keyring:
    """Start the server, make logins and databases; return the keys of all of it."""
    keyring = installation_keyring(settings)
    passwords = ensure_passwords(settings)
    if not settings.database_url:
        embedded.start(settings, passwords[ADMINISTRATOR])
    with _administrator(settings) as server:
        _check_version(server)
        ensure_logins(server, passwords)
        for database in DATABASES:
            _ensure_database(server, database)
        if not settings.database_url:
            _close_to_all(server)
    for database in DATABASES:
        with connect(settings, database.owner, database.name) as owner:
            _grant_entry(owner, database)
    return keyring


def migrate(settings: Settings, database: str, revision: str = "head") -> None:
    """Bring a database's schemas to a revision, as ``ehr_owner``."""
    engine = create_engine(sqlalchemy_url(settings, Role.OWNER, database, "psycopg"))
    configuration = Config()
    configuration.set_main_option("script_location", str(MIGRATIONS))
    configuration.set_main_option("version_locations", str(REVISIONS[database]))
    configuration.set_main_option("path_separator", "newline")
    with engine.begin() as connection:
        configuration.attributes["connection"] = connection
        command.upgrade(configuration, revision)
    engine.dispose()


def _administrator(settings: Settings) -> psycopg.Connection:
    try:
        return psycopg.connect(**administrator_conninfo(settings), autocommit=True)
    except psycopg.OperationalError as problem:
        remedy = (
            "check EHR_DATABASE_URL"
            if settings.database_url
            else "restore the keys folder that belongs to this server"
        )
        msg = f"PostgreSQL lets nobody in: {str(problem).strip()}; {remedy}"
        raise ServerError(msg) from problem


def _check_version(server: psycopg.Connection) -> None:
    if server.info.server_version < OLDEST_EXTERNAL:
        msg = (
            f"PostgreSQL {server.info.server_version // 10000} is too old: 15 or later"
        )
        raise ServerError(msg)


def _ensure_database(server: psycopg.Connection, database: Database) -> None:
    """Make a database; refuse one of the same name that somebody else owns."""
    found = server.execute(
        "select datdba::regrole::text from pg_database where datname = %s",
        (database.name,),
    ).fetchone()
    if found:
        if found[0] != database.owner.value:
            msg = (
                f"there is a database {database.name} that belongs to {found[0]}: "
                "this server serves something else; take another one"
            )
            raise ServerError(msg)
        return
    name, owner = sql.Identifier(database.name), sql.Identifier(database.owner)
    # A role can own a database only if the maker may act as that role.
    server.execute(sql.SQL("grant {} to current_user").format(owner))
    server.execute(
        sql.SQL(
            "create database {} owner {} template template0 encoding 'UTF8' "
            "lc_collate 'C'"
        ).format(name, owner)
    )
    server.execute(sql.SQL("revoke {} from current_user").format(owner))


def _close_to_all(server: psycopg.Connection) -> None:
    for name in OF_EVERY_SERVER:
        server.execute(
            sql.SQL("revoke all on database {} from public").format(
                sql.Identifier(name)
            )
        )


def _grant_entry(owner: psycopg.Connection, database: Database) -> None:
    """Let in who is on the list, as the owner: an administrator may lack the right."""
    name = sql.Identifier(database.name)
    strangers = [role for role in Role if role is not database.owner]
    owner.execute(
        sql.SQL("revoke all on database {} from public, {}").format(
            name, _names(strangers)
        )
    )
    grants = (("connect", database.guests), ("temporary", database.makers))
    for privilege, roles in grants:
        if roles:
            owner.execute(
                sql.SQL("grant {} on database {} to {}").format(
                    sql.SQL(privilege), name, _names(roles)
                )
            )


def _names(roles: tuple[Role, ...] | list[Role]) -> sql.Composed:
    return sql.SQL(", ").join(map(sql.Identifier, roles))


@contextmanager
def _only_one_at_a_time(settings: Settings) -> Iterator[None]:
    """Keep a second ``ehr up`` of this installation waiting."""
    folder = settings.root / "run"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (folder / "database.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
