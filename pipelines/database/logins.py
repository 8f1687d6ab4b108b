"""The logins of the roles: made, given their passwords, kept without special rights."""

import psycopg
from psycopg import sql

from pipelines.database.databases import DATABASES
from pipelines.database.embedded import ServerError
from pipelines.database.roles import RESEARCH_READERS, Role

CREATE = "create role {} login noinherit password {}"
# PostgreSQL 15 lets an owner into schema public as a member of pg_database_owner.
CREATE_OWNER = "create role {} login inherit password {}"
CREATE_GROUP = "create role {} nologin"
SET_PASSWORD = "alter role {} password {}"  # noqa: S105 - a statement
OWNERS = frozenset(database.owner for database in DATABASES)
PRESENT = """
    select
        rolname,
        rolsuper or rolcreatedb or rolcreaterole or rolreplication or rolbypassrls
            or not rolcanlogin
    from pg_roles
    where rolname = any(%s)
"""
SPECIAL_GROUP = """
    select
        rolsuper or rolcreatedb or rolcreaterole or rolreplication or rolbypassrls
            or rolcanlogin
            or exists (select 1 from pg_auth_members where member = pg_roles.oid)
    from pg_roles
    where rolname = %s
"""
MEMBERSHIPS = """
    select distinct member.rolname
    from pg_auth_members as membership
    inner join pg_roles as member on membership.member = member.oid
    where member.rolname = any(%s)
    order by member.rolname
"""


def ensure_logins(server: psycopg.Connection, passwords: dict[str, str]) -> None:
    """Make the logins that are missing, and give every one its password.

    The group of researchers' own logins is made with them: migrations grant to it.

    Raises:
        ServerError: a login of that name has rights that none of ours may have.
    """
    _ensure_group(server)
    names = [role.value for role in Role]
    present = dict(server.execute(PRESENT, (names,)).fetchall())
    special = {name for name, is_special in present.items() if is_special}
    special |= {name for (name,) in server.execute(MEMBERSHIPS, (names,))}
    if special:
        msg = (
            f"logins {', '.join(sorted(special))} have special rights or belong to "
            "other roles, which would open patients' data: drop them, or take these "
            "rights away, and run 'ehr up' again"
        )
        raise ServerError(msg)
    for role in Role:
        is_new = role.value not in present
        server.execute(
            sql.SQL(_statement(role) if is_new else SET_PASSWORD).format(
                sql.Identifier(role), _verifier(server, role, passwords[role.value])
            )
        )


def _ensure_group(server: psycopg.Connection) -> None:
    present = server.execute(SPECIAL_GROUP, (RESEARCH_READERS,)).fetchone()
    if present is None:
        server.execute(sql.SQL(CREATE_GROUP).format(sql.Identifier(RESEARCH_READERS)))
    elif present[0]:
        msg = (
            f"the group {RESEARCH_READERS} has special rights or belongs to other "
            "roles, which would open patients' data to researchers: take these rights "
            "away, and run 'ehr up' again"
        )
        raise ServerError(msg)


def _statement(role: Role) -> str:
    return CREATE_OWNER if role in OWNERS else CREATE


def _verifier(server: psycopg.Connection, role: Role, password: str) -> str:
    """Return what the server keeps of a password: it never sees, nor logs, the rest."""
    verifier = server.pgconn.encrypt_password(
        password.encode(), role.value.encode(), b"scram-sha-256"
    )
    return verifier.decode()
