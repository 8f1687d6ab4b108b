"""A small OpenID provider on the loopback address, that can be told to misbehave."""

import base64
import hashlib
import hmac
import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT = ("ehr-warehouse", "a secret: of two")


class SmallProvider:
    """Signs everybody in as ``subject``."""

    def __init__(self) -> None:
        self.subject = "8f3a"
        self.claims: dict[str, Any] = {}
        self.headers: dict[str, str] = {}
        self.discovery: dict[str, Any] = {}
        self.signing_key: RSAKey | bytes | None = None
        self.key = RSAKey.generate_key(2048, {"kid": "one", "use": "sig"})
        self.grants: dict[str, dict[str, str]] = {}
        self.asked: list[dict[str, str]] = []
        self.issuer = ""

    def answer(self, method: str, target: str, body: str, authorization: str) -> tuple:
        """Return status, headers and document for a request."""
        where = urlsplit(target)
        if where.path == "/.well-known/openid-configuration":
            return 200, {}, self._discovery()
        if where.path == "/keys":
            return 200, {}, {"keys": [self.key.as_dict(private=False)]}
        if where.path == "/authorize":
            return self._authorize(dict(parse_qsl(where.query)))
        if where.path == "/token" and method == "POST":
            return self._token(dict(parse_qsl(body)), authorization)
        return 404, {}, {}

    def _discovery(self) -> dict[str, Any]:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
        } | self.discovery

    def _authorize(self, asked: dict[str, str]) -> tuple:
        assert asked["response_type"] == "code"
        assert asked["scope"] == "openid"
        assert asked["client_id"] == CLIENT[0]
        assert asked["code_challenge_method"] == "S256"
        assert len(asked["nonce"]) > 20
        code = secrets.token_urlsafe(16)
        self.grants[code] = asked
        self.asked.append(asked)
        back = urlencode({"code": code, "state": asked["state"], "iss": self.issuer})
        return 303, {"Location": f"{asked['redirect_uri']}?{back}"}, {}

    def _token(self, asked: dict[str, str], authorization: str) -> tuple:
        grant = self.grants.pop(asked["code"], None)  # a code is good for one time
        shown = base64.b64encode(":".join(CLIENT).encode()).decode()
        if grant is None or authorization != f"Basic {shown}":
            return 400, {}, {"error": "invalid_grant"}
        digest = hashlib.sha256(asked["code_verifier"].encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        is_theirs = (
            challenge == grant["code_challenge"]
            and asked["redirect_uri"] == grant["redirect_uri"]
        )
        if not is_theirs:
            return 400, {}, {"error": "invalid_grant"}
        return 200, {}, self._tokens(grant)

    def _tokens(self, grant: dict[str, str]) -> dict[str, Any]:
        now = int(time.time())
        claims = {
            "iss": self.issuer,
            "sub": self.subject,
            "aud": CLIENT[0],
            "iat": now,
            "exp": now + 300,
            "nonce": grant["nonce"],
        } | self.claims
        kept = {key: value for key, value in claims.items() if value is not None}
        header = {"alg": "RS256", "kid": "one"} | self.headers
        key = self.signing_key or self.key
        if isinstance(key, bytes):
            signed = signed_with_secret(header, kept, key)
        else:
            signed = jwt.encode(header, kept, key, algorithms=[header["alg"]])
        return {"access_token": "x", "token_type": "Bearer", "id_token": signed}


def signed_with_secret(header: dict, claims: dict, secret: bytes) -> str:
    """Return a token as a forger makes it: no library would use a public key so."""

    def part(content: bytes) -> str:
        return base64.urlsafe_b64encode(content).rstrip(b"=").decode()

    text = ".".join(part(json.dumps(each).encode()) for each in (header, claims))
    return f"{text}.{part(hmac.digest(secret, text.encode(), 'sha256'))}"


@contextmanager
def running_provider() -> Iterator[SmallProvider]:
    """Run a provider on a free port."""
    provider = SmallProvider()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer("GET", "")

        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            self._answer("POST", self.rfile.read(length).decode())

        def log_message(self, *_: object) -> None:
            pass

        def _answer(self, method: str, body: str) -> None:
            shown = self.headers.get("Authorization", "")
            status, headers, document = provider.answer(method, self.path, body, shown)
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(json.dumps(document).encode())

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    provider.issuer = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
