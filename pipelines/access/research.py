"""A researcher's own SQL login: it reads ``research``, and nothing else.

Whoever writes SQL of their own cannot be held by a page, so the login itself is held:
it belongs to a group that may read the de-identified schema, owns nothing, and expires.
It can lift its limits of time, but not those of connections and temporary files.
"""

import getpass
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import psycopg
from psycopg import sql

from pipelines.access import audit
from pipelines.access.people import PersonRole, find_person
from pipelines.database.connections import administrator_conninfo, connect
from pipelines.database.databases import WAREHOUSE
from pipelines.database.roles import RESEARCH_READERS, Role
from pipelines.settings import Settings

PREFIX = "ehr_sql_"
LONGEST_NAME = 63  # PostgreSQL cuts a longer one
PASSWORD_BYTES = 24
MOST_CONNECTIONS = 3
NO_SET_ROLE = 160000  # from here on a membership can read without acting as the group
TRANSACTION_LIMIT = 170000
LIMITS = {
    "default_transaction_read_only": "on",
    "search_path": "research",
    "statement_timeout": "10min",
    "lock_timeout": "10s",
    # An open transaction keeps the next build from replacing what it has read.
    "idle_in_transaction_session_timeout": "1min",
}
HARD_LIMITS = {"temp_file_limit": "2GB"}

PRESENT = "select 1 from pg_roles where rolname = %s"
END_SESSIONS = """
    select pg_terminate_backend(pid) from pg_stat_activity where usename = %s
"""


class SqlLoginError(Exception):
    """A login cannot be made or taken away; the message says why."""


@dataclass(frozen=True)
class SqlLogin:
    """A login just made; its password is known here and nowhere else."""

    name: str
    password: str
    expires_at: datetime


def login_name(user_id: str) -> str:
    """Return the name of a person's own login.

    Raises:
        SqlLoginError: PostgreSQL would cut the name, and two people might share one.
    """
    name = f"{PREFIX}{user_id}"
    if len(name.encode()) > LONGEST_NAME:
        msg = f"{user_id!r} is too long a user id for an SQL login: 55 letters at most"
        raise SqlLoginError(msg)
    return name


def make_sql_login(settings: Settings, user_id: str, days: int) -> SqlLogin:
    """Give a researcher a login of their own, or a new password to the one they have.

    Args:
        settings: Whose databases.
        user_id: An active account of role researcher.
        days: After how many days it lets nobody in any more.

    Raises:
        SqlLoginError: there is no such researcher.
        AuditError: it could not be written down, so nothing was made.
    """
    with connect(settings, Role.OWNER) as owner:
        person = find_person(owner, user_id)
    if person is None or person.role is not PersonRole.RESEARCHER:
        msg = (
            f"{user_id!r} is no active researcher: make the account with 'ehr user add'"
        )
        raise SqlLoginError(msg)
    login = SqlLogin(
        login_name(user_id),
        secrets.token_urlsafe(PASSWORD_BYTES),
        datetime.now(UTC).replace(microsecond=0) + timedelta(days=days),
    )
    with psycopg.connect(**administrator_conninfo(settings, WAREHOUSE)) as server:
        _end_sessions(server, login.name)
        _make(server, login)
        _write_down(settings, user_id, "sql login made")
    return login


def revoke_sql_login(settings: Settings, user_id: str) -> bool:
    """Take a person's login away and end its sessions; return whether there was one.

    Raises:
        AuditError: it could not be written down, so nothing was taken away.
    """
    name = login_name(user_id)
    with psycopg.connect(**administrator_conninfo(settings, WAREHOUSE)) as server:
        if server.execute(PRESENT, (name,)).fetchone() is None:
            return False
        _write_down(settings, user_id, "sql login revoked")
        # Nobody gets in between the end of the last session and the login's own.
        server.execute(sql.SQL("alter role {} nologin").format(sql.Identifier(name)))
        server.commit()
        _end_sessions(server, name)
        server.execute(sql.SQL("drop role {}").format(sql.Identifier(name)))
    return True


def _make(server: psycopg.Connection, login: SqlLogin) -> None:
    name = sql.Identifier(login.name)
    if server.execute(PRESENT, (login.name,)).fetchone() is None:
        server.execute(sql.SQL("create role {} inherit").format(name))
        _join_readers(server, name)
    verifier = server.pgconn.encrypt_password(
        login.password.encode(), login.name.encode(), b"scram-sha-256"
    ).decode()
    server.execute(
        sql.SQL(
            "alter role {} login connection limit {} password {} valid until {}"
        ).format(name, sql.Literal(MOST_CONNECTIONS), verifier, str(login.expires_at))
    )
    _limit(server, name)


def _join_readers(server: psycopg.Connection, name: sql.Identifier) -> None:
    statement = "grant {} to {}"
    if server.info.server_version >= NO_SET_ROLE:
        statement += " with inherit true, set false"
    server.execute(sql.SQL(statement).format(sql.Identifier(RESEARCH_READERS), name))


def _limit(server: psycopg.Connection, name: sql.Identifier) -> None:
    """Set the limits; the hard ones where the administrator is a superuser."""
    limits = dict(LIMITS)
    if server.info.server_version >= TRANSACTION_LIMIT:
        limits["transaction_timeout"] = "15min"
    for parameter, value in limits.items():
        _set(server, name, parameter, value)
    for parameter, value in HARD_LIMITS.items():
        try:
            with server.transaction():
                _set(server, name, parameter, value)
        except psycopg.errors.InsufficientPrivilege:
            continue


def _set(
    server: psycopg.Connection, name: sql.Identifier, parameter: str, value: str
) -> None:
    statement = sql.SQL("alter role {} set {} = {}")
    server.execute(statement.format(name, sql.Identifier(parameter), value))


def _end_sessions(server: psycopg.Connection, name: str) -> None:
    server.execute(END_SESSIONS, (name,))


def _write_down(settings: Settings, user_id: str, action: str) -> None:
    operator = f"operator:{getpass.getuser()}"
    event = audit.Event(operator, Role.OWNER, action, f"sql login of {user_id}")
    audit.append(settings, event)
