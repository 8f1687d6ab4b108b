"""A gate before pages that know no sign-in: only those pages themselves may ask.

Any website that somebody on this machine visits can send requests to 127.0.0.1. Dagster
carries out a change that is asked for by ``GET /graphql?query=mutation…``, so the
address of a picture would do; and under a name of its own that leads to 127.0.0.1 a
website could read the pages, too.
"""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import urlsplit

from pipelines.settings import Settings

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

THIS_MACHINE = {"127.0.0.1", "localhost", "::1"}
OWN_REQUESTS = {"same-origin", "none"}  # none: typed, or a bookmark
GRAPHQL = "/graphql"
FORBIDDEN = 403


class SameOrigin:
    """Passes on what comes from the pages themselves, or from no browser at all."""

    def __init__(self, application: Application, settings: Settings) -> None:
        """Guard ``application``."""
        self._application = application
        self._settings = settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request, or refuse it without having looked into it."""
        if scope["type"] == "lifespan" or is_own(scope, self._settings):
            await self._application(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
        else:
            headers = [(b"content-type", b"text/plain")]
            await send(
                {
                    "type": "http.response.start",
                    "status": FORBIDDEN,
                    "headers": headers,
                }
            )
            await send({"type": "http.response.body", "body": b"not from elsewhere"})


def is_own(scope: Scope, settings: Settings) -> bool:
    """Return whether a request names this machine and was not sent by another site."""
    headers = {name.decode("latin-1"): value for name, value in scope["headers"]}
    host, origin, site, mode = (
        headers.get(name, b"").decode("latin-1")
        for name in ("host", "origin", "sec-fetch-site", "sec-fetch-mode")
    )
    name = _name_in(f"//{host}")
    if not name or name not in THIS_MACHINE | {_name_in(settings.public_url)}:
        return False
    if origin and origin != f"{'https' if settings.has_tls else 'http'}://{host}":
        return False
    if scope["type"] == "http" and scope["method"] == "GET" and _asks_graphql(scope):
        return False
    # A link from another page may lead here: it shows a page and changes nothing.
    return not site or site in OWN_REQUESTS or mode == "navigate"


def _asks_graphql(scope: Scope) -> bool:
    """Return whether an address holds a query; Dagster's own pages use POST."""
    return scope["path"].rstrip("/").endswith(GRAPHQL) and bool(scope["query_string"])


def _name_in(address: str) -> str:
    """Return the host that an address names, or that it names none."""
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return ""
