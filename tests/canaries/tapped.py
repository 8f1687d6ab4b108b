"""``python -m tests.canaries.tapped``: the pages as served, with a tap and faults.

The tap writes every byte of every answer and socket into the file ``TAP_FILE`` before
it leaves for a browser; the file ``FAULT_FILE`` names what shall go wrong just now and
the canary that stands in its error.
"""

import os
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

import streamlit as st
import uvicorn

from dashboards import session
from dashboards.serving import __main__ as serving
from dashboards.serving import gate
from dashboards.serving.application import Pages
from dashboards.serving.asking import Receive, Scope, Send
from pipelines.access.reading import Reader
from pipelines.settings import load_settings

# Streamlit's own programs and fonts, the same for everybody.
PROGRAMS = "/static/"


def faults() -> tuple[str, str]:
    """Return what shall fail now, and with which canary in it."""
    path = Path(os.environ["FAULT_FILE"])
    fault, _, canary = path.read_text().partition(" ") if path.exists() else ("",) * 3
    return fault, canary


def make_faulty() -> None:
    """Let reading, a callback and the gate fail when they are told to; and leak."""
    Reader.read = _before(Reader.read, {"page": _fail} | LEAKS)
    session.leave = _before(session.leave, {"callback": _fail})
    gate.live_person = _before(gate.live_person, {"gate": _fail})


def _fail(canary: str) -> None:
    raise ValueError(canary)


def _before(function: Callable, deeds: dict[str, Callable[[str], object]]) -> Callable:
    """Return a function that first does what is asked for just now."""

    @wraps(function)
    def faulty(*values: Any, **more: Any) -> Any:
        fault, canary = faults()
        if fault in deeds:
            deeds[fault](canary)
        return function(*values, **more)

    return faulty


LEAKS = {
    "leak-by-toast": st.toast,
    "leak-by-exception": lambda canary: st.exception(ValueError(canary)),
    "leak-by-table": lambda canary: st.dataframe([{"value": float(canary)}]),
}


class Tap:
    """An application whose every byte is noted on its way out."""

    def __init__(self, application: Pages, path: Path) -> None:
        """Write what ``application`` sends into a file."""
        self._application = application
        self._path = path

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve, noting what goes out."""

        async def noting_send(message: dict[str, Any]) -> None:
            self._note(scope, message)
            await send(message)

        await self._application(scope, receive, noting_send)

    def _note(self, scope: Scope, message: dict[str, Any]) -> None:
        if scope.get("path", "").startswith(PROGRAMS):
            return
        headers = [b": ".join(header) for header in message.get("headers", ())]
        bodies = (message.get("body"), message.get("bytes"), message.get("text"))
        parts = [each.encode() if isinstance(each, str) else each for each in bodies]
        with self._path.open("ab") as file:
            file.write(b"\n".join([*headers, *filter(None, parts), b""]))


if __name__ == "__main__":
    make_faulty()
    serving.configure()
    settings = load_settings()
    tap = Tap(Pages(settings), Path(os.environ["TAP_FILE"]))
    uvicorn.run(
        tap,
        host=serving.HOST,
        port=settings.dashboard_port,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        log_level="warning",
    )
