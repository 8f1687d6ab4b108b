"""Requests as an attacker writes them: any header, any path, nothing put right."""

import http.client
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple
from urllib.parse import urlencode, urlsplit

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from pipelines.access.sessions import cookie_name
from pipelines.settings import Settings

REFUSED_SOCKET = 403


class Answer(NamedTuple):
    """What came back."""

    status: int
    headers: dict[str, str]
    text: str

    @property
    def location(self) -> str:
        """Return where it leads."""
        return self.headers.get("location", "")


def ask(
    address: str,
    path: str,
    method: str = "GET",
    headers: dict[str, str] | None = None,
    body: bytes | None = None,
    context: ssl.SSLContext | None = None,
) -> Answer:
    """Return the answer to a request."""
    where = urlsplit(address)
    if where.scheme == "https":
        connection = http.client.HTTPSConnection(where.netloc, context=context)
    else:
        connection = http.client.HTTPConnection(where.netloc, timeout=20)
    try:
        connection.request(method, path, body, headers or {})
        answer = connection.getresponse()
        text = answer.read().decode(errors="replace")
    finally:
        connection.close()
    found: dict[str, str] = {}
    for name, value in answer.getheaders():
        before = found.get(name.lower())
        found[name.lower()] = f"{before}\n{value}" if before else value
    return Answer(answer.status, found, text)


def with_session(settings: Settings, token: str) -> dict[str, str]:
    """Return the header that presents a session."""
    return {"Cookie": f"{cookie_name(settings)}={token}"}


def post_form(
    address: str,
    path: str,
    fields: dict[str, str],
    headers: dict[str, str] | None = None,
    context: ssl.SSLContext | None = None,
) -> Answer:
    """Send a form as one of our own pages does."""
    own = {
        "Origin": address,
        "Content-Type": "application/x-www-form-urlencoded",
        **(headers or {}),
    }
    return ask(address, path, "POST", own, urlencode(fields).encode(), context)


def cookie_in(answer: Answer) -> str:
    """Return the token that an answer sets."""
    (cookie,) = [
        line
        for line in answer.headers["set-cookie"].splitlines()
        if "_away=" not in line
    ]
    return cookie.partition("=")[2].partition(";")[0]


@contextmanager
def open_page(
    address: str, headers: dict[str, str], path: str
) -> Iterator[list[ForwardMsg]]:
    """Open a page; yield all that it sent to the browser, and keep it open."""
    asked = BackMsg()
    asked.rerun_script.page_name = path.strip("/")
    url = address.replace("http", "ws", 1) + "/_stcore/stream"
    own = headers | {"Origin": address}
    sent: list[ForwardMsg] = []
    with connect(url, additional_headers=own, origin=None, max_size=None) as socket:
        socket.send(asked.SerializeToString())
        while True:
            message = ForwardMsg()
            message.ParseFromString(socket.recv(timeout=60))
            sent.append(message)
            if message.WhichOneof("type") == "script_finished":
                break
        yield sent


def socket_status(address: str, headers: dict[str, str], path: str) -> int:
    """Return with which status a socket is opened or refused."""
    url = address.replace("http", "ws", 1) + path
    try:
        with connect(url, additional_headers=headers, origin=None):
            return 101
    except InvalidStatus as refused:
        return refused.response.status_code
