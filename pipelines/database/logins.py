"""The logins of the roles: made, given their passwords, kept without special rights."""

import psycopg
from psycopg import sql

from pipelines.database.embedded import ServerError
from pipelines.database.roles import Role

PRESENT = """
    select
        rolname,
        rolsuper or rolcreatedb or rolcreaterole or rolreplication or rolbypassrls
            or rolinherit or not rolcanlogin
    from pg_roles
    where rolname = any(%s)
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

    Raises:
        ServerError: a login of that name has rights that none of ours may have.
    """
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
        verb = "alter role {} password {}" if role.value in present else CREATE
        server.execute(
            sql.SQL(verb).format(
                sql.Identifier(role), _verifier(server, role, passwords[role.value])
            )
        )


CREATE = "create role {} login noinherit password {}"


def _verifier(server: psycopg.Connection, role: Role, password: str) -> str:
    """Return what the server keeps of a password: it never sees, nor logs, the rest."""
    verifier = server.pgconn.encrypt_password(
        password.encode(), role.value.encode(), b"scram-sha-256"
    )
    return verifier.decode()
