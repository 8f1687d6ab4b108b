"""The headers of every answer, and the short answers of the gate itself."""

import base64
import hashlib
import logging
import secrets
import traceback

from dashboards.serving.asking import Message, Scope, Send
from pipelines.settings import Settings

logger = logging.getLogger(__name__)

# The one script that Streamlit's page holds in itself.
INLINE_SCRIPT = b"\n      window.prerenderReady = false\n    "
YEAR_SECONDS = 31_536_000
PLAIN = (b"content-type", b"text/plain; charset=utf-8")
# What the application below may not say for us.
REPLACED = (b"server", b"access-control-", b"cache-control", b"content-security-policy")


def hash_source(content: bytes) -> str:
    """Return how a policy names a script or style by its content."""
    digest = base64.b64encode(hashlib.sha256(content).digest()).decode()
    return f"'sha256-{digest}'"


# Charts draw with an interpreter of their own, so no 'unsafe-eval' is needed; styles
# are written by Streamlit's scripts, so styles in the page are.
POLICY = "; ".join(
    (
        "default-src 'self'",
        f"script-src 'self' {hash_source(INLINE_SCRIPT)}",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "media-src 'self' blob:",
        "worker-src 'self' blob:",
        "connect-src 'self'",
        "object-src 'none'",
        "frame-src 'none'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "form-action 'self'",
    )
)


def security_headers(settings: Settings) -> list[tuple[bytes, bytes]]:
    """Return the headers that every answer has."""
    headers = [
        (b"x-content-type-options", b"nosniff"),
        (b"x-frame-options", b"DENY"),
        (b"cross-origin-opener-policy", b"same-origin"),
        (b"cross-origin-resource-policy", b"same-origin"),
        (b"permissions-policy", b"camera=(), geolocation=(), microphone=()"),
    ]
    if settings.has_tls:
        age = f"max-age={YEAR_SECONDS}".encode()
        headers.append((b"strict-transport-security", age))
    return headers


def with_headers(settings: Settings, scope: Scope, send: Send) -> Send:
    """Return a ``send`` that puts our headers on an answer."""

    async def send_with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            message = {**message, "headers": _headers(settings, scope, message)}
        await send(message)

    return send_with_headers


def _headers(
    settings: Settings, scope: Scope, message: Message
) -> list[tuple[bytes, bytes]]:
    present = [(name.lower(), value) for name, value in message.get("headers", [])]
    own_policy = [pair for pair in present if pair[0] == b"content-security-policy"]
    referrer = [pair for pair in present if pair[0] == b"referrer-policy"]
    kept = [
        (name, value)
        for name, value in present
        if not name.startswith(REPLACED) and name != b"referrer-policy"
    ]
    return [
        *kept,
        *security_headers(settings),
        *(own_policy or [(b"content-security-policy", POLICY.encode())]),
        *(referrer or [(b"referrer-policy", b"no-referrer")]),
        (b"cache-control", _caching(scope, message["status"])),
    ]


def _caching(scope: Scope, status: int) -> bytes:
    """Keep nothing but Streamlit's own scripts, whose names change with them."""
    is_program = scope["path"].startswith("/static/") and status in {200, 304}
    return b"private, max-age=86400" if is_program else b"no-store"


async def answer(send: Send, status: int, words: str, *headers: tuple) -> None:
    """Answer in a few words."""
    await send(
        {
            "type": "http.response.start",
            "status": status,
            "headers": [PLAIN, *headers],
        }
    )
    await send({"type": "http.response.body", "body": words.encode()})


def logged(error: BaseException) -> str:
    """Return the number under which the log says where an error came up.

    The message of an error can hold a patient's value, so it is not even logged.
    """
    number = secrets.token_hex(4)
    frames = traceback.extract_tb(error.__traceback__)
    places = " > ".join(f"{frame.name}:{frame.lineno}" for frame in frames[-5:])
    logger.error("error %s: %s at %s", number, type(error).__name__, places)
    return number
