"""What a request says about who sends it, before anybody looks into it."""

import re
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import urlsplit

from pipelines.settings import Settings

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

THIS_MACHINE = {"127.0.0.1", "localhost", "::1"}
OWN_REQUESTS = {"", "same-origin", "none"}  # none: typed, or a bookmark
SAFE_METHODS = {"GET", "HEAD"}
# A path of these pages, with a simple query: never another host, never a script.
OWN_PATH = re.compile(r"/(?![/\\])[A-Za-z0-9_/-]*(\?[A-Za-z0-9_=&%.+-]*)?")
START = "/"


def header(scope: Scope, name: str) -> str:
    """Return a header of a request; empty if it is not there."""
    wanted = name.encode()
    values = [value for key, value in scope["headers"] if key.lower() == wanted]
    return values[0].decode("latin-1") if values else ""


def own_origin(settings: Settings, scope: Scope) -> str | None:
    """Return the origin of our pages under the name that was asked for.

    None under a name that is not ours: a website whose name leads here reads nothing.
    """
    if sum(name.lower() == b"host" for name, _ in scope["headers"]) != 1:
        return None
    host = header(scope, "host")
    public = urlsplit(settings.public_url)
    if public.netloc and host == public.netloc:
        return f"{public.scheme}://{public.netloc}"
    try:
        name = urlsplit(f"//{host}").hostname
    except ValueError:
        return None
    if name not in THIS_MACHINE:
        return None
    return f"{'https' if settings.tls_certificate else 'http'}://{host}"


def is_from_own_pages(settings: Settings, scope: Scope) -> bool:
    """Return whether a request comes from our own pages, or opens one of them."""
    own = own_origin(settings, scope)
    if own is None:
        return False
    origin = header(scope, "origin")
    if scope["type"] == "websocket":
        return origin == own
    if scope["method"] not in SAFE_METHODS:
        return origin == own
    if origin and origin != own:
        return False
    site, mode = header(scope, "sec-fetch-site"), header(scope, "sec-fetch-mode")
    # A link from elsewhere may open a page: that changes nothing and shows it to nobody
    # but the person who followed it.
    return site in OWN_REQUESTS or mode == "navigate"


def opens_a_page(scope: Scope) -> bool:
    """Return whether a person waits for a page, not a script for an answer."""
    return scope["method"] == "GET" and "text/html" in header(scope, "accept")


def own_path(wanted: str) -> str:
    """Return where to go next: a path of ours, else the start."""
    is_ours = OWN_PATH.fullmatch(wanted) and not wanted.startswith("/sign-")
    return wanted if is_ours else START
