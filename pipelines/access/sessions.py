"""Sessions: who a token still stands for, and how a session ends.

The browser holds a random token in a cookie that no script can read; the database holds
its hash, and is asked at every request. So whoever loses access loses an open page.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime
from http.cookies import CookieError, SimpleCookie
from uuid import UUID

import psycopg
from psycopg.rows import class_row

from pipelines.access.people import Person
from pipelines.access.pools import pool_of
from pipelines.database.roles import Role
from pipelines.settings import Settings

IDLE_MINUTES = 15
ABSOLUTE_HOURS = 12
# For the step between a right password and the code of the second factor.
WAITING_MINUTES = 5
# So long it counts in place of a password that the provider asked somebody anew.
CONFIRMED_MINUTES = 5
BY_PROVIDER = "identity provider"

IS_LIVE = """
    session.token_hash = %(token)s
        and session.user_id = person.user_id
        and person.is_active
        and session.is_complete = %(is_complete)s
        and session.revoked_at is null
        and session.ends_at > now()
        and session.last_seen_at > now() - make_interval(mins => %(idle)s)
"""
COLUMNS = """
    person.user_id, person.display_name, person.role, person.practitioner_source,
    person.practitioner_id, person.patient_key
"""
START_SESSION = """
    insert into access.session (
        token_hash, user_id, method, is_complete, ends_at, confirmed_at
    )
    values (
        %s, %s, %s, %s, now() + make_interval(mins => %s), case when %s then now() end
    )
"""
LOOK = f"""
    select {COLUMNS}
    from access.session as session
    cross join access.person as person
    where {IS_LIVE}
"""  # noqa: S608 - put together from constants
CONTINUE_SESSION = f"""
    update access.session as session
    set last_seen_at = now()
    from access.person as person
    where {IS_LIVE}
    returning {COLUMNS}
"""  # noqa: S608 - put together from constants
METHOD = f"""
    select
        session.method,
        coalesce(
            session.confirmed_at > now() - make_interval(mins => %(confirmed)s), false
        )
    from access.session as session
    cross join access.person as person
    where {IS_LIVE}
"""  # noqa: S608 - put together from constants
USE_CONFIRMATION = f"""
    update access.session as session
    set confirmed_at = null
    from access.person as person
    where session.user_id = %(user_id)s
        and session.confirmed_at > now() - make_interval(mins => %(confirmed)s)
        and {IS_LIVE}
    returning true
"""  # noqa: S608 - put together from constants
END_SESSION = """
    update access.session
    set revoked_at = now()
    where token_hash = %s and revoked_at is null
"""
END_SESSIONS_OF = """
    update access.session
    set revoked_at = now()
    where user_id = %s and revoked_at is null
"""
END_ONE_OF = """
    update access.session
    set revoked_at = now()
    where user_id = %s and session_id = %s and revoked_at is null
"""
OPEN_SESSIONS = """
    select session_id, method, started_at, last_seen_at, ends_at,
        token_hash = %s as is_this_one
    from access.session
    where user_id = %s
        and is_complete
        and revoked_at is null
        and ends_at > now()
        and last_seen_at > now() - make_interval(mins => %s)
    order by started_at desc
"""


@dataclass(frozen=True)
class OpenSession:
    """One session of a person that has not ended."""

    session_id: UUID
    method: str
    started_at: datetime
    last_seen_at: datetime
    ends_at: datetime
    is_this_one: bool


def cookie_name(settings: Settings) -> str:
    """Return the name of the cookie that holds the token.

    Cookies know no ports: each installation on a machine has a name of its own. Over
    TLS the prefix makes browsers refuse the cookie from anywhere but this very host.
    """
    mark = hashlib.sha256(str(settings.root).encode()).hexdigest()[:8]
    return f"{'__Host-' if settings.has_tls else ''}ehr_session_{mark}"


def token_in(settings: Settings, cookies: str) -> str:
    """Return the token in a ``Cookie`` header; empty if there is none."""
    try:
        morsel = SimpleCookie(cookies).get(cookie_name(settings))
    except CookieError:
        return ""
    return morsel.value if morsel else ""


def start_session(
    connection: psycopg.Connection,
    user_id: str,
    method: str,
    *,
    is_complete: bool,
    is_confirmed: bool = False,
) -> str:
    """Start a session; return its token, which is never one that was there before.

    ``is_confirmed``: the identity provider has just asked the person anew.
    """
    token = secrets.token_urlsafe(32)
    minutes = ABSOLUTE_HOURS * 60 if is_complete else WAITING_MINUTES
    values = (
        hash_of_token(token),
        user_id,
        method,
        is_complete,
        minutes,
        is_confirmed,
    )
    connection.execute(START_SESSION, values)
    return token


def person_of_session(settings: Settings, token: str) -> Person | None:
    """Return whose session this still is, and note that it is in use."""
    return _asked(settings, CONTINUE_SESSION, token)


def live_person(settings: Settings, token: str) -> Person | None:
    """Return whose session this still is, without keeping it alive."""
    return _asked(settings, LOOK, token)


def waiting_person(settings: Settings, token: str) -> Person | None:
    """Return who gave the right password and still owes the code."""
    return _asked(settings, LOOK, token, is_complete=False)


def method_of(settings: Settings, token: str) -> tuple[str, bool]:
    """Return how a session was begun, and whether that can still be used as proof."""
    with pool_of(settings, Role.SIGNIN).connection() as connection:
        found = connection.execute(METHOD, _values(token)).fetchone()
    return found or ("", False)


def use_confirmation(settings: Settings, person: Person, token: str) -> bool:
    """Return whether the provider has just asked the person anew; that counts once."""
    values = _values(token) | {"user_id": person.user_id}
    with pool_of(settings, Role.SIGNIN).connection() as connection:
        return connection.execute(USE_CONFIRMATION, values).fetchone() is not None


def sign_out(settings: Settings, token: str) -> None:
    """End a session."""
    with pool_of(settings, Role.SIGNIN).connection() as connection:
        connection.execute(END_SESSION, (hash_of_token(token),))


def sign_out_everywhere(settings: Settings, user_id: str) -> None:
    """End every session of a person."""
    with pool_of(settings, Role.SIGNIN).connection() as connection:
        connection.execute(END_SESSIONS_OF, (user_id,))


def open_sessions(settings: Settings, person: Person, token: str) -> list[OpenSession]:
    """Return a person's own sessions, the newest first."""
    values = (hash_of_token(token), person.user_id, IDLE_MINUTES)
    with (
        pool_of(settings, Role.SIGNIN).connection() as connection,
        connection.cursor(row_factory=class_row(OpenSession)) as cursor,
    ):
        return cursor.execute(OPEN_SESSIONS, values).fetchall()


def end_open_session(settings: Settings, person: Person, session_id: UUID) -> None:
    """End one of a person's own sessions; those of others stay."""
    with pool_of(settings, Role.SIGNIN).connection() as connection:
        connection.execute(END_ONE_OF, (person.user_id, session_id))


def hash_of_token(token: str) -> bytes:
    """Return what the database keeps of a token."""
    return hashlib.sha256(token.encode(errors="surrogatepass")).digest()


def _asked(
    settings: Settings, statement: str, token: str, *, is_complete: bool = True
) -> Person | None:
    if not token:
        return None
    values = _values(token) | {"is_complete": is_complete}
    with (
        pool_of(settings, Role.SIGNIN).connection() as connection,
        connection.cursor(row_factory=class_row(Person)) as cursor,
    ):
        return cursor.execute(statement, values).fetchone()


def _values(token: str) -> dict[str, object]:
    """Return what ``IS_LIVE`` and its neighbours ask for."""
    return {
        "token": hash_of_token(token),
        "idle": IDLE_MINUTES,
        "confirmed": CONFIRMED_MINUTES,
        "is_complete": True,
    }
