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
from urllib.parse import urlsplit

import psycopg
import requests
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.requests_client import OAuth2Session
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from pipelines.access import audit
from pipelines.access.encryption import KeyringError, load_keyring
from pipelines.access.pools import pool_of
from pipelines.access.sign_in import (
    UNKNOWN_USER,
    SignedIn,
    SignInError,
    start_recognised,
)
from pipelines.database.roles import Role
from pipelines.settings import Settings

DISCOVERY = "/.well-known/openid-configuration"
# Signatures by the provider's private key; never by a secret that we share, never none.
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "ES256", "ES384", "EdDSA"]
ANSWER_SECONDS = 10
LEEWAY_SECONDS = 60
# So long somebody may take at the provider.
MINUTES_AWAY = 10
PLACE = "sign-in|provider|"
THIS_MACHINE = {"127.0.0.1", "localhost", "::1"}
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


def depart(settings: Settings, return_address: str, wanted: str) -> Departure:
    """Return the way to the provider.

    Raises:
        SignInError: the provider cannot be reached or is not what it should be.
    """
    memory = {
        "state": secrets.token_urlsafe(32),
        "nonce": secrets.token_urlsafe(32),
        "code_verifier": secrets.token_urlsafe(48),
        "return_address": return_address,
        "wanted": wanted,
        "at": int(time.time()),
    }
    try:
        provider = _discovered(settings)
        address, _ = _client(settings, return_address).create_authorization_url(
            provider["authorization_endpoint"],
            **{key: memory[key] for key in ("state", "nonce", "code_verifier")},
        )
    except _PROBLEMS as error:
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
        subject = _confirmed_subject(settings, answer, memory)
    except _PROBLEMS as error:
        _audit_denied(settings)
        raise SignInError(NOT_CONFIRMED) from error
    with pool_of(settings, Role.SIGNIN).connection() as connection:
        values = (settings.oidc_issuer, subject)
        linked = connection.execute(LINKED, values).fetchone()
    if linked is None:
        _audit_denied(settings)
        raise SignInError(NOT_KNOWN)
    signed_in = start_recognised(settings, linked[0], "identity provider")
    return signed_in, memory["wanted"]


def link_identity(
    connection: psycopg.Connection, user_id: str, issuer: str, subject: str
) -> None:
    """Link an account to who its person is at a provider, as the owner."""
    connection.execute(LINK, (issuer, subject, user_id))


class _UnconfirmedError(Exception):
    """What came back does not prove anything."""


_PROBLEMS = (
    _UnconfirmedError,
    KeyringError,
    AuthlibBaseError,
    JoseError,
    requests.RequestException,
    KeyError,
    TypeError,
    ValueError,
)


def _memory(settings: Settings, answer: dict[str, str], sealed: str) -> dict[str, Any]:
    """Return what was remembered of the departure that this is the return of."""
    keyring = load_keyring(settings.keys_folder)
    memory = json.loads(keyring.decrypt(sealed, PLACE))
    is_ours = hmac.compare_digest(memory["state"], answer.get("state", ""))
    is_fresh = time.time() - memory["at"] < MINUTES_AWAY * 60
    # RFC 9207: a provider that names itself in its answer must be the one we asked.
    is_from_them = answer.get("iss", settings.oidc_issuer) == settings.oidc_issuer
    if not (is_ours and is_fresh and is_from_them):
        raise _UnconfirmedError
    return memory


def _confirmed_subject(
    settings: Settings, answer: dict[str, str], memory: dict[str, Any]
) -> str:
    """Return whom the provider names, in a token for us and for this sign-in."""
    provider = _discovered(settings)
    token = _client(settings, memory["return_address"]).fetch_token(
        provider["token_endpoint"],
        code=answer["code"],
        code_verifier=memory["code_verifier"],
        timeout=ANSWER_SECONDS,
    )
    keys = KeySet.import_key_set(_fetched(provider["jwks_uri"]))
    signed = jwt.decode(token["id_token"], keys, algorithms=ALGORITHMS)
    claims = CodeIDToken(
        signed.claims,
        signed.header,
        options={
            "iss": {"essential": True, "value": settings.oidc_issuer},
            "aud": {"essential": True, "value": settings.oidc_client_id},
            "exp": {"essential": True},
            "sub": {"essential": True},
        },
        params={
            "nonce": memory["nonce"],
            "client_id": settings.oidc_client_id,
            "access_token": token.get("access_token"),
        },
    )
    claims.validate(leeway=LEEWAY_SECONDS)
    if not isinstance(claims["sub"], str) or not claims["sub"]:
        raise _UnconfirmedError
    return claims["sub"]


def _discovered(settings: Settings) -> dict[str, Any]:
    """Return what the provider says of itself; it must be the one that was meant."""
    provider = _fetched(settings.oidc_issuer.rstrip("/") + DISCOVERY)
    if provider["issuer"] != settings.oidc_issuer:
        raise _UnconfirmedError
    return provider


def _fetched(address: str) -> dict[str, Any]:
    where = urlsplit(address)
    if where.scheme != "https" and where.hostname not in THIS_MACHINE:
        raise _UnconfirmedError
    answer = requests.get(address, timeout=ANSWER_SECONDS, allow_redirects=False)
    answer.raise_for_status()
    return answer.json()


def _client(settings: Settings, return_address: str) -> OAuth2Session:
    secret = settings.oidc_client_secret
    value = secret.get_secret_value() if secret else ""
    return OAuth2Session(
        settings.oidc_client_id,
        value or None,
        scope="openid",
        redirect_uri=return_address,
        code_challenge_method="S256",
        token_endpoint_auth_method="client_secret_basic" if value else "none",
    )


def _audit_denied(settings: Settings) -> None:
    event = audit.Event(UNKNOWN_USER, "", "sign in", "session", result="denied")
    audit.append(settings, event)
