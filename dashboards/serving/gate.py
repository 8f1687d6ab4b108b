"""The gate before every page, file and socket: a live session, or no further."""

from collections.abc import Callable
from functools import partial

from anyio import CapacityLimiter, to_thread
from starlette.datastructures import URL

from dashboards.navigation import first_address
from dashboards.serving.answers import answer, logged, with_headers
from dashboards.serving.asking import (
    Application,
    Message,
    Receive,
    Scope,
    Send,
    header,
    is_from_own_pages,
    opens_a_page,
    own_path,
)
from dashboards.serving.media import SPEAKING, OwnMedia, token_of_page
from dashboards.serving.socket import WatchedSocket
from pipelines.access.people import Person
from pipelines.access.sessions import live_person, person_of_session, token_in
from pipelines.settings import Settings

Look = Callable[[Settings, str], Person | None]

HEALTH = "/_stcore/health"
SIGN_IN = "/sign-in"
OPEN_TO_ALL = {HEALTH, SIGN_IN, "/sign-in/persona", "/sign-in/code"}
WITH_PROVIDER = {"/sign-in/provider", "/sign-in/return"}
SOCKET = "/_stcore/stream"
UPLOADS = "/_stcore/upload_file/"
MEDIA = "/media/"
# Script and style of the flowsheet: our own files, the same for everybody.
FLOWSHEET = "/_stcore/bidi-components/ehr-warehouse.flowsheet/"
# Of Streamlit's own addresses only these are needed; the rest tells of other sessions,
# drives the pages without a browser, or signs in by another way than ours.
NEEDED = (HEALTH, SOCKET, UPLOADS, FLOWSHEET, "/_stcore/host-config")
SHUT = ("/_stcore/", "/auth/", "/oauth2callback", "/component/", "/app/")

MEGABYTE = 2**20
LARGEST_UPLOAD = 21 * MEGABYTE
LARGEST_FORM = 16 * 1024
# Questions about sessions never wait for passwords that are being hashed.
QUESTIONS = 8

UNAUTHORIZED, FORBIDDEN, NOT_FOUND, TOO_LARGE = 401, 403, 404, 413
SEE_OTHER, BROKEN = 303, 500


class TooLargeError(Exception):
    """A body goes on beyond what is taken."""


class Gate:
    """Lets through who is signed in, and anybody to the sign-in."""

    def __init__(
        self, application: Application, settings: Settings, media: OwnMedia | None
    ) -> None:
        """Guard ``application``, whose files are in ``media``."""
        self._application = application
        self._settings = settings
        self._media = media
        self._open_to_all = OPEN_TO_ALL | (
            WITH_PROVIDER if settings.has_oidc else set()
        )
        self._limiter: CapacityLimiter | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request, or refuse it without having looked into it."""
        if scope["type"] == "http":
            dressed = with_headers(self._settings, scope, send)
            await self._answered(scope, receive, dressed)
        elif scope["type"] == "websocket":
            await self._socket(scope, receive, send)
        else:
            await self._application(scope, receive, send)

    async def _answered(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer; whatever goes wrong, the browser gets a number and no more."""
        has_begun = False

        async def noting_send(message: Message) -> None:
            nonlocal has_begun
            has_begun = True
            await send(message)

        try:
            await self._http(scope, _limited(scope, receive), noting_send)
        except TooLargeError:
            if not has_begun:
                await answer(send, TOO_LARGE, "too large")
        except Exception as error:  # noqa: BLE001 - nobody may see what an error holds
            number = logged(error)
            if not has_begun:
                await answer(send, BROKEN, f"Error number {number}")

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not is_from_own_pages(self._settings, scope):
            return await answer(send, FORBIDDEN, "not from elsewhere")
        if _announced_size(scope) > _most(scope):
            return await answer(send, TOO_LARGE, "too large")
        path = scope["path"]
        if path in self._open_to_all:
            return await self._application(scope, receive, send)
        token = token_in(self._settings, header(scope, "cookie"))
        scope["ehr.token"] = token
        scope["ehr.person"] = await self._asked(live_person, token)
        if scope["ehr.person"] is None:
            return await _shown_the_way(scope, send)
        if _is_shut(path) or not self._is_own(path, token):
            return await answer(send, NOT_FOUND, "not here")
        if path == first_address(scope["ehr.person"].role) and opens_a_page(scope):
            # To Streamlit the first page has no address but the root.
            root = (b"location", b"/")
            await answer(send, SEE_OTHER, "this page opens at the root", root)
        else:
            await self._application(scope, receive, send)
        return None

    def _is_own(self, path: str, token: str) -> bool:
        """Return whether a file or upload belongs to the session that asks."""
        if path.startswith(MEDIA):
            file_id = path.removeprefix(MEDIA).partition(".")[0]
            return self._media is not None and self._media.is_of(file_id, token)
        if path.startswith(UPLOADS):
            page_session_id = path.removeprefix(UPLOADS).partition("/")[0]
            return token_of_page(self._settings, page_session_id) == token
        return True

    async def _socket(self, scope: Scope, receive: Receive, send: Send) -> None:
        token = token_in(self._settings, header(scope, "cookie"))
        may_speak = (
            scope["path"] == SOCKET
            and is_from_own_pages(self._settings, scope)
            and await self._asked(live_person, token) is not None
        )
        if not may_speak:
            await send({"type": "websocket.close", "code": 1008})
            return

        async def check(is_of_a_person: bool) -> bool:  # noqa: FBT001
            look = person_of_session if is_of_a_person else live_person
            return await self._asked(look, token) is not None

        SPEAKING.set(token)
        async with WatchedSocket(receive, check) as watched:
            await self._application(scope, watched.receive, send)

    async def _asked(self, look: Look, token: str) -> Person | None:
        if self._limiter is None:
            self._limiter = CapacityLimiter(QUESTIONS)
        ask = partial(look, self._settings, token)
        return await to_thread.run_sync(ask, limiter=self._limiter)


async def _shown_the_way(scope: Scope, send: Send) -> None:
    """Lead who wants a page to the sign-in; refuse scripts."""
    if not opens_a_page(scope) or _is_shut(scope["path"]):
        await answer(send, UNAUTHORIZED, "sign in first")
        return
    query = scope["query_string"].decode("latin-1")
    wanted = own_path(f"{scope['path']}?{query}" if query else scope["path"])
    way = URL(SIGN_IN).include_query_params(next=wanted)
    location = (b"location", str(way).encode())
    await answer(send, SEE_OTHER, "sign in first", location)


def _is_shut(path: str) -> bool:
    """Return whether an address of Streamlit's is none of ours."""
    return path.startswith(SHUT) and not path.startswith(NEEDED)


def _limited(scope: Scope, receive: Receive) -> Receive:
    """Return a ``receive`` that takes no more of a body than its address needs."""
    taken = 0

    async def limited_receive() -> Message:
        nonlocal taken
        message = await receive()
        taken += len(message.get("body", b""))
        if taken > _most(scope):
            raise TooLargeError
        return message

    return limited_receive


def _most(scope: Scope) -> int:
    return LARGEST_UPLOAD if scope["path"].startswith(UPLOADS) else LARGEST_FORM


def _announced_size(scope: Scope) -> int:
    size = header(scope, "content-length")
    return int(size) if size.isascii() and size.isdigit() else 0
