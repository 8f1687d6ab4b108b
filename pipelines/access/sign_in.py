"""Signing in and out: passwords, throttle, sessions that end.

The browser's session holds a random token; the database holds its hash, and is asked
on every rerun of a page. So whoever loses access loses an open page at the next click.
"""

import hashlib
import secrets
from dataclasses import dataclass

import psycopg
from psycopg.rows import class_row

from pipelines.access import audit
from pipelines.access.encryption import load_keyring
from pipelines.access.passwords import is_right
from pipelines.access.people import Person, all_people, find_person
from pipelines.access.pools import pool_of
from pipelines.access.throttle import forget_tries, is_admitted
from pipelines.database.roles import Role
from pipelines.settings import Settings

IDLE_MINUTES = 15
ABSOLUTE_HOURS = 12
# A name that nobody has may be a password typed into the wrong field: never kept.
UNKNOWN_USER = "(unknown)"

SELECT_HASH = "select password_hash from access.person where is_active and user_id = %s"
START_SESSION = """
    insert into access.session (token_hash, user_id, ends_at)
    values (%s, %s, now() + make_interval(hours => %s))
"""
CONTINUE_SESSION = """
    update access.session as session
    set last_seen_at = now()
    from access.person as person
    where session.token_hash = %s
        and session.user_id = person.user_id
        and person.is_active
        and session.revoked_at is null
        and session.ends_at > now()
        and session.last_seen_at > now() - make_interval(mins => %s)
    returning person.user_id, person.display_name, person.role,
        person.practitioner_source, person.practitioner_id, person.patient_key
"""
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


class SignInError(Exception):
    """Nobody was signed in; the message is for the person at the screen."""


@dataclass(frozen=True)
class SignedIn:
    """A person and the token of the session."""

    person: Person
    token: str


def sign_in(settings: Settings, user_id: str, password: str) -> SignedIn:
    """Start a session for a name and password.

    Raises:
        SignInError: they do not fit, or there were too many tries.
    """
    signin = pool_of(settings, Role.SIGNIN)
    keyring = load_keyring(settings.keys_folder)
    with signin.connection() as connection:
        admitted = is_admitted(connection, keyring, user_id)
        found = connection.execute(SELECT_HASH, (user_id,)).fetchone()
    # No connection is held while hashing, and the same work is done for unknown names.
    if not is_right(password, found[0] if found and admitted else None):
        _audit(settings, user_id if found else UNKNOWN_USER, "", "denied")
        msg = (
            "The name or the password is wrong. After five wrong tries a name rests "
            "for 15 minutes."
        )
        raise SignInError(msg)
    with signin.connection() as connection:
        forget_tries(connection, keyring, user_id)
        return _start_session(settings, connection, user_id)


def sign_in_as_persona(settings: Settings, user_id: str) -> SignedIn:
    """Start a session without a password; only where everything is for show.

    Raises:
        SignInError: this installation is not for demonstration, or has no such persona.
    """
    if not settings.is_open_for_demonstration:
        msg = "One-click sign-in is for demonstrations only."
        raise SignInError(msg)
    with pool_of(settings, Role.SIGNIN).connection() as connection:
        return _start_session(settings, connection, user_id)


def personas(settings: Settings) -> list[Person]:
    """Return who can be signed in with one click; nobody outside demonstrations."""
    if not settings.is_open_for_demonstration:
        return []
    with pool_of(settings, Role.SIGNIN).connection() as connection:
        return all_people(connection)


def person_of_session(settings: Settings, token: str) -> Person | None:
    """Return whose session this still is, and note that it is in use."""
    with (
        pool_of(settings, Role.SIGNIN).connection() as connection,
        connection.cursor(row_factory=class_row(Person)) as cursor,
    ):
        values = (_hash_of_token(token), IDLE_MINUTES)
        return cursor.execute(CONTINUE_SESSION, values).fetchone()


def sign_out(settings: Settings, token: str) -> None:
    """End a session."""
    with pool_of(settings, Role.SIGNIN).connection() as connection:
        connection.execute(END_SESSION, (_hash_of_token(token),))


def sign_out_everywhere(settings: Settings, user_id: str) -> None:
    """End every session of a person."""
    with pool_of(settings, Role.SIGNIN).connection() as connection:
        connection.execute(END_SESSIONS_OF, (user_id,))


def _start_session(
    settings: Settings, connection: psycopg.Connection, user_id: str
) -> SignedIn:
    person = find_person(connection, user_id)
    if person is None:
        msg = "There is no such account."
        raise SignInError(msg)
    _audit(settings, person.user_id, person.role, "ok")
    token = secrets.token_urlsafe(32)
    connection.execute(
        START_SESSION, (_hash_of_token(token), person.user_id, ABSOLUTE_HOURS)
    )
    return SignedIn(person, token)


def _audit(settings: Settings, user_id: str, role: str, result: str) -> None:
    event = audit.Event(user_id, role, "sign in", "session", result=result)
    audit.append(settings, event)


def _hash_of_token(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
