"""Signing in: passwords, throttle, the second factor, personas of a demonstration."""

from dataclasses import dataclass

import psycopg

from pipelines.access import audit
from pipelines.access.encryption import load_keyring
from pipelines.access.key_check import keyring_of
from pipelines.access.passwords import is_right
from pipelines.access.people import Person, all_people, find_person
from pipelines.access.pools import pool_of
from pipelines.access.second_factor import needs_code, take_code
from pipelines.access.sessions import sign_out, start_session, waiting_person
from pipelines.access.throttle import forget_tries, is_admitted
from pipelines.database.roles import Role
from pipelines.settings import Settings

# A name that nobody has may be a password typed into the wrong field: never kept.
UNKNOWN_USER = "(unknown)"
REFUSED = (
    "The name or the password is wrong. After five wrong tries a name rests for 15 "
    "minutes."
)

SELECT_HASH = "select password_hash from access.person where is_active and user_id = %s"


class SignInError(Exception):
    """Nobody was signed in; the message is for the person at the screen."""


@dataclass(frozen=True)
class SignedIn:
    """A person and the token of the session; ``owes_code`` before the second factor."""

    person: Person
    token: str
    owes_code: bool = False


def sign_in(settings: Settings, user_id: str, password: str) -> SignedIn:
    """Start a session for a name and password.

    Raises:
        SignInError: they do not fit, or there were too many tries.
    """
    _check_password(settings, user_id, password)
    keyring = load_keyring(settings.keys_folder)
    with pool_of(settings, Role.SIGNIN).connection() as connection:
        forget_tries(connection, keyring, user_id)
        person = _found(connection, user_id)
        owes_code = needs_code(settings, connection, person)
        if not owes_code:
            _audit(settings, person.user_id, person.role, "ok")
        token = start_session(
            connection, person.user_id, "password", is_complete=not owes_code
        )
    return SignedIn(person, token, owes_code)


def finish_with_code(settings: Settings, token: str, code: str) -> SignedIn:
    """Turn a session that waits for the code into a whole one, under a new token.

    Raises:
        SignInError: the code is wrong or was used, or there were too many tries.
    """
    person = waiting_person(settings, token)
    if person is None:
        msg = "That took too long. Please sign in again."
        raise SignInError(msg)
    keyring = load_keyring(settings.keys_folder)
    with pool_of(settings, Role.SIGNIN).connection() as connection:
        name = f"code\x1f{person.user_id}"
        is_taken = is_admitted(connection, keyring, name) and take_code(
            connection, keyring, person, code
        )
        if is_taken:
            forget_tries(connection, keyring, name)
    _audit(settings, person.user_id, person.role, "ok" if is_taken else "denied")
    if not is_taken:
        msg = "The code is wrong or was used before. Wait for the next one."
        raise SignInError(msg)
    with pool_of(settings, Role.SIGNIN).connection() as connection:
        whole = start_session(connection, person.user_id, "password", is_complete=True)
    sign_out(settings, token)
    return SignedIn(person, whole)


def sign_in_as_persona(settings: Settings, user_id: str) -> SignedIn:
    """Start a session without a password; only where everything is for show.

    Raises:
        SignInError: this installation is not for demonstration, or has no such persona.
    """
    if not settings.is_open_for_demonstration:
        msg = "One-click sign-in is for demonstrations only."
        raise SignInError(msg)
    return start_recognised(settings, user_id, "one click")


def start_recognised(
    settings: Settings, user_id: str, method: str, *, is_confirmed: bool = False
) -> SignedIn:
    """Start a session for an account that something else than a password vouches for.

    ``is_confirmed``: the person was asked anew just now.

    Raises:
        SignInError: there is no such active account.
    """
    with pool_of(settings, Role.SIGNIN).connection() as connection:
        person = _found(connection, user_id)
        _audit(settings, person.user_id, person.role, "ok")
        token = start_session(
            connection,
            person.user_id,
            method,
            is_complete=True,
            is_confirmed=is_confirmed,
        )
    return SignedIn(person, token)


def personas(settings: Settings) -> list[Person]:
    """Return who can be signed in with one click; nobody outside demonstrations."""
    if not settings.is_open_for_demonstration:
        return []
    with pool_of(settings, Role.SIGNIN).connection() as connection:
        return all_people(connection)


def _check_password(settings: Settings, user_id: str, password: str) -> None:
    with pool_of(settings, Role.SIGNIN).connection() as connection:
        # Foreign keys would find nobody by name, and say nothing: nobody gets in.
        keyring = keyring_of(settings, connection)
        admitted = is_admitted(connection, keyring, user_id)
        found = connection.execute(SELECT_HASH, (user_id,)).fetchone()
    # No connection is held while hashing, and the same work is done for unknown names.
    if not is_right(password, found[0] if found and admitted else None):
        _audit(settings, user_id if found else UNKNOWN_USER, "", "denied")
        raise SignInError(REFUSED)


def _found(connection: psycopg.Connection, user_id: str) -> Person:
    person = find_person(connection, user_id)
    if person is None:
        msg = "There is no such account."
        raise SignInError(msg)
    return person


def _audit(settings: Settings, user_id: str, role: str, result: str) -> None:
    event = audit.Event(user_id, role, "sign in", "session", result=result)
    audit.append(settings, event)
