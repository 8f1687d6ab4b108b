"""Dagster's pages answer themselves and this machine, never another website."""

import asyncio
from types import SimpleNamespace

import pytest

from pipelines.settings import Settings, load_settings
from pipelines.supervision import dagster_pages
from pipelines.supervision.dagster_gate import DagsterGate
from pipelines.supervision.programs import web_server
from pipelines.supervision.same_origin import SameOrigin

HOST = {"host": "127.0.0.1:3000"}
OWN = {**HOST, "origin": "http://127.0.0.1:3000", "sec-fetch-site": "same-origin"}
MUTATION = b"query=mutation{setNuxSeen}"


def status_of(
    headers: dict[str, str],
    *,
    method: str = "POST",
    path: str = "/graphql",
    query: bytes = b"",
    kind: str = "http",
    settings: Settings | None = None,
) -> object:
    """Return what the gate sends first for one request: a status, or a close code."""
    sent: list[dict] = []

    async def pages(_scope: object, _receive: object, send: object) -> None:
        await send({"type": "http.response.start", "status": 200})

    async def send(message: dict) -> None:
        sent.append(message)

    async def receive() -> dict:
        return {"type": "http.request"}

    scope = {
        "type": kind,
        "method": method,
        "path": path,
        "query_string": query,
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
    }
    guarded = SameOrigin(pages, settings or Settings(_env_file=None))
    asyncio.run(guarded(scope, receive, send))
    return sent[0].get("status") or sent[0]["type"]


def test_the_pages_themselves_may_ask_and_change() -> None:
    assert status_of(OWN) == 200


def test_a_program_of_this_machine_may_ask() -> None:
    assert status_of(HOST) == 200


def test_an_address_typed_or_followed_shows_a_page() -> None:
    for site in ("none", "cross-site"):
        followed = {**HOST, "sec-fetch-site": site, "sec-fetch-mode": "navigate"}

        assert status_of(followed, method="GET", path="/runs") == 200


def test_no_change_can_be_asked_for_by_an_address_alone() -> None:
    for headers in (HOST, OWN, {**HOST, "sec-fetch-mode": "navigate"}):
        assert status_of(headers, method="GET", query=MUTATION) == 403


@pytest.mark.parametrize(
    "change",
    [
        {"origin": "http://evil.example"},
        {"origin": "null"},
        {"origin": "http://127.0.0.1:9999"},
        {"sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors"},
        {"host": "evil.example:3000", "origin": "http://evil.example:3000"},
        {"host": ""},
    ],
)
def test_another_website_gets_nothing(change: dict[str, str]) -> None:
    assert status_of(HOST | change) == 403
    assert status_of(HOST | change, kind="websocket") == "websocket.close"


def test_the_web_server_is_started_behind_the_gate(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(dagster_pages, "make_pages", lambda _: "pages")
    workspace = SimpleNamespace(create_request_context=None)
    guarded = dagster_pages.make_guarded_pages(workspace)

    assert dagster_pages.__name__ in web_server(load_settings()).command
    assert isinstance(guarded, SameOrigin)
    assert isinstance(guarded._application, DagsterGate)  # noqa: SLF001


def test_a_name_before_a_proxy_is_ours_and_speaks_https() -> None:
    settings = Settings(public_url="https://warehouse.example.org", _env_file=None)
    host = {"host": "warehouse.example.org:3000"}
    own = host | {"origin": "https://warehouse.example.org:3000"}
    other = host | {"origin": "http://warehouse.example.org:3000"}

    assert status_of(own, settings=settings) == 200
    assert status_of(other, settings=settings) == 403
    assert status_of(own) == 403
