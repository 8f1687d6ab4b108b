"""What an OpenID provider answers, and whether that proves who somebody is."""

from typing import Any
from urllib.parse import urlsplit

import requests
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.requests_client import OAuth2Session
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from pipelines.access.encryption import KeyringError
from pipelines.settings import Settings

DISCOVERY = "/.well-known/openid-configuration"
# Signatures by the provider's private key; never by a secret that we share, never none.
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "ES256", "ES384", "EdDSA"]
ANSWER_SECONDS = 10
LEEWAY_SECONDS = 60
THIS_MACHINE = {"127.0.0.1", "localhost", "::1"}


class UnconfirmedError(Exception):
    """What came back does not prove anything."""


PROBLEMS = (
    UnconfirmedError,
    KeyringError,
    AuthlibBaseError,
    JoseError,
    requests.RequestException,
    KeyError,
    TypeError,
    ValueError,
)


def confirmed_subject(
    settings: Settings, answer: dict[str, str], memory: dict[str, Any]
) -> str:
    """Return whom the provider names, in a token for us and for this sign-in."""
    provider = discovered(settings)
    token = client_of(settings, memory["return_address"]).fetch_token(
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
        raise UnconfirmedError
    if memory["is_asked_anew"] and not _was_asked_since(claims, memory["at"]):
        raise UnconfirmedError
    return claims["sub"]


def _was_asked_since(claims: CodeIDToken, departed_at: int) -> bool:
    """Return whether the provider asked the person after we sent them there."""
    return claims["auth_time"] >= departed_at - LEEWAY_SECONDS


def discovered(settings: Settings) -> dict[str, Any]:
    """Return what the provider says of itself; it must be the one that was meant."""
    provider = _fetched(settings.oidc_issuer.rstrip("/") + DISCOVERY)
    if provider["issuer"] != settings.oidc_issuer:
        raise UnconfirmedError
    return provider


def _fetched(address: str) -> dict[str, Any]:
    where = urlsplit(address)
    if where.scheme != "https" and where.hostname not in THIS_MACHINE:
        raise UnconfirmedError
    answer = requests.get(address, timeout=ANSWER_SECONDS, allow_redirects=False)
    answer.raise_for_status()
    return answer.json()


def client_of(settings: Settings, return_address: str) -> OAuth2Session:
    """Return what speaks to the provider for us."""
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
