"""Sign-in at the site's OpenID provider: code, PKCE, state and nonce.

The provider says who somebody is; what they may do is said by their account here, which
an administrator has linked to the provider's name for them. Nobody gets an account by
signing in, and an e-mail address links nothing: addresses are given to the next person.
"""

import hmac
import json
import secrets
import time
from dataclasses import dataclass
from typing import Any

import psycopg

from pipelines.access import audit
from pipelines.access.encryption import load_keyring
from pipelines.access.people import PersonError
from pipelines.access.pools import pool_of
from pipelines.access.provider_answers import (
    PROBLEMS,
    UnconfirmedError,
    client_of,
    confirmed_subject,
    discovered,
)
from pipelines.access.sessions import BY_PROVIDER
from pipelines.access.sign_in import (
    UNKNOWN_USER,
    SignedIn,
    SignInError,
    start_recognised,
)
from pipelines.database.roles import Role
from pipelines.settings import Settings

# So long somebody may take at the provider.
MINUTES_AWAY = 10
PLACE = "sign-in|provider|"
# OpenID Connect Core 3.1.2.1; max_age makes the provider say when it asked.
ASK_ANEW = {"prompt": "login", "max_age": "0"}
NOT_CONFIRMED = "The sign-in provider did not confirm who you are. Please try again."
NOT_KNOWN = (
    "The provider knows you, but no account here is linked to you. Ask an "
    "administrator to link it."
)

LINK = """
    insert into access.person_identity (issuer, subject, user_id) values (%s, %s, %s)
    on conflict (issuer, subject) do update
    set user_id = excluded.user_id, linked_at = now()
"""
LINKED = """
    select person.user_id
    from access.person_identity as identity
    inner join access.person as person on identity.user_id = person.user_id
    where identity.issuer = %s and identity.subject = %s and person.is_active
"""


@dataclass(frozen=True)
class Departure:
    """Where to send somebody, and what to remember of it, sealed, in their browser."""

    address: str
    sealed: str


def depart(
    settings: Settings, return_address: str, wanted: str, *, is_asked_anew: bool = False
) -> Departure:
    """Return the way to the provider.

    ``is_asked_anew``: the provider asks the person even if it knows them still.

    Raises:
        SignInError: the provider cannot be reached or is not what it should be.
    """
    memory = {
        "state": secrets.token_urlsafe(32),
        "nonce": secrets.token_urlsafe(32),
        "code_verifier": secrets.token_urlsafe(48),
        "return_address": return_address,
        "wanted": wanted,
        "is_asked_anew": is_asked_anew,
        "at": int(time.time()),
    }
    try:
        provider = discovered(settings)
        address, _ = client_of(settings, return_address).create_authorization_url(
            provider["authorization_endpoint"],
            **{key: memory[key] for key in ("state", "nonce", "code_verifier")},
            **(ASK_ANEW if is_asked_anew else {}),
        )
    except PROBLEMS as error:
        raise SignInError(NOT_CONFIRMED) from error
    keyring = load_keyring(settings.keys_folder)
    return Departure(address, keyring.encrypt(json.dumps(memory), PLACE))


def arrive(
    settings: Settings, answer: dict[str, str], sealed: str
) -> tuple[SignedIn, str]:
    """Return who came back from the provider, and where they wanted to go.

    Raises:
        SignInError: the provider did not confirm it, or no account is linked.
    """
    try:
        memory = _memory(settings, answer, sealed)
        subject = confirmed_subject(settings, answer, memory)
    except PROBLEMS as error:
        _audit_denied(settings)
        raise SignInError(NOT_CONFIRMED) from error
    with pool_of(settings, Role.SIGNIN).connection() as connection:
        values = (settings.oidc_issuer, subject)
        linked = connection.execute(LINKED, values).fetchone()
    if linked is None:
        _audit_denied(settings)
        raise SignInError(NOT_KNOWN)
    signed_in = start_recognised(
        settings, linked[0], BY_PROVIDER, is_confirmed=memory["is_asked_anew"]
    )
    return signed_in, memory["wanted"]


def link_identity(
    connection: psycopg.Connection, user_id: str, issuer: str, subject: str
) -> None:
    """Link an account to who its person is at a provider, as the owner.

    Raises:
        PersonError: there is no such account.
    """
    try:
        with connection.transaction():
            connection.execute(LINK, (issuer, subject, user_id))
    except psycopg.errors.ForeignKeyViolation:
        msg = f"there is no account {user_id!r}: see 'ehr user list'"
        raise PersonError(msg) from None


def _memory(settings: Settings, answer: dict[str, str], sealed: str) -> dict[str, Any]:
    """Return what was remembered of the departure that this is the return of."""
    keyring = load_keyring(settings.keys_folder)
    memory = json.loads(keyring.decrypt(sealed, PLACE))
    is_ours = hmac.compare_digest(memory["state"], answer.get("state", ""))
    is_fresh = time.time() - memory["at"] < MINUTES_AWAY * 60
    # RFC 9207: a provider that names itself in its answer must be the one we asked.
    is_from_them = answer.get("iss", settings.oidc_issuer) == settings.oidc_issuer
    if not (is_ours and is_fresh and is_from_them):
        raise UnconfirmedError
    return memory


def _audit_denied(settings: Settings) -> None:
    event = audit.Event(UNKNOWN_USER, "", "sign in", "session", result="denied")
    audit.append(settings, event)
