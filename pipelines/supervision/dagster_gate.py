"""Who may use Dagster's pages: engineers; data quality looks on; nobody else.

Dagster knows no sign-in. The session is that of the dashboards: browsers send its
cookie to every port of a host.
"""

import hmac
from functools import partial
from typing import Any
from urllib.parse import quote, urlsplit

from anyio import CapacityLimiter, to_thread

from pipelines.access.encryption import KeyringError, load_keyring
from pipelines.access.people import Person, PersonRole
from pipelines.access.sessions import live_person, person_of_session, token_in
from pipelines.settings import Settings
from pipelines.supervision.looking_on import as_looker, header
from pipelines.supervision.same_origin import Application, Receive, Scope, Send

SUPERVISION = "x-ehr-supervision"
IS_LOOKING_ON = "ehr.is_looking_on"
UNAUTHORIZED, FORBIDDEN, SEE_OTHER = 401, 403, 303
PROTECTION = (
    (b"x-frame-options", b"DENY"),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"cache-control", b"no-store"),
)


def supervision_key(settings: Settings) -> str:
    """Return what the supervising program shows; empty without a keyring."""
    try:
        key = load_keyring(settings.keys_folder).hash_key("search")
    except KeyringError:
        return ""
    return hmac.digest(key, b"supervision", "sha256").hex()


class DagsterGate:
    """Passes on what a person's role allows."""

    def __init__(self, application: Application, settings: Settings) -> None:
        """Guard ``application``."""
        self._application = application
        self._settings = settings
        self._limiter: CapacityLimiter | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request, or refuse it without having looked into it."""
        if scope["type"] == "lifespan" or self._is_supervision(scope):
            await self._application(scope, receive, send)
            return
        send = _protected(send)
        person = await self._person(scope)
        if person is None:
            await self._shown_the_way(scope, send)
        elif person.role is PersonRole.ENGINEER:
            await self._application(scope, receive, send)
        elif person.role is PersonRole.QUALITY:
            await self._look_on(scope, receive, send)
        else:
            await _refused(scope, send, FORBIDDEN, "for engineers only")

    def _is_supervision(self, scope: Scope) -> bool:
        shown, expected = header(scope, SUPERVISION), supervision_key(self._settings)
        return bool(expected) and hmac.compare_digest(shown.encode(), expected.encode())

    async def _person(self, scope: Scope) -> Person | None:
        """Return who asks; what a page asks by the clock keeps nobody signed in."""
        if self._limiter is None:
            self._limiter = CapacityLimiter(4)
        look = person_of_session if _opens_a_page(scope) else live_person
        token = token_in(self._settings, header(scope, "cookie"))
        ask = partial(look, self._settings, token)
        return await to_thread.run_sync(ask, limiter=self._limiter)

    async def _look_on(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer who may look on: pages, and questions that change nothing."""
        understood = await as_looker(scope, receive)
        if understood is None:
            await _refused(scope, send, FORBIDDEN, "for engineers only")
            return
        scope[IS_LOOKING_ON] = True
        await self._application(scope, understood, send)

    async def _shown_the_way(self, scope: Scope, send: Send) -> None:
        if not _opens_a_page(scope):
            await _refused(scope, send, UNAUTHORIZED, "sign in first")
            return
        address = dashboards_address(self._settings, header(scope, "host"))
        way = f"{address}/sign-in?next={quote('/dagster' + scope['path'], safe='')}"
        await _refused(scope, send, SEE_OTHER, "sign in first", way)


def dashboards_address(settings: Settings, host: str) -> str:
    """Return the address of the dashboards for who reaches this machine by a name."""
    if settings.public_url:
        return settings.public_url.rstrip("/")
    scheme = "https" if settings.has_tls else "http"
    return f"{scheme}://{urlsplit(f'//{host}').hostname}:{settings.dashboard_port}"


def _protected(send: Send) -> Send:
    """Return a ``send`` that puts the protecting headers on an answer."""

    async def protecting(message: Any) -> None:
        if message["type"] == "http.response.start":
            ours = {name for name, _ in PROTECTION}
            theirs = [
                (name, value)
                for name, value in message["headers"]
                if name.lower() not in ours
            ]
            message = {**message, "headers": [*theirs, *PROTECTION]}
        await send(message)

    return protecting


async def _refused(
    scope: Scope, send: Send, status: int, words: str, way: str = ""
) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1008})
        return
    headers = [(b"content-type", b"text/plain")]
    headers += [(b"location", way.encode())] if way else []
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": words.encode()})


def _opens_a_page(scope: Scope) -> bool:
    is_get = scope["type"] == "http" and scope["method"] == "GET"
    return is_get and "text/html" in header(scope, "accept")
