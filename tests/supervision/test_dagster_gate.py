"""Dagster's pages: everything for engineers, a look for data quality, else nothing."""

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import pytest
from dagster_webserver.webserver import DagsterWebserver
from starlette.routing import Mount, WebSocketRoute

from pipelines.access.people import Person, create_person
from pipelines.access.sessions import cookie_name, sign_out
from pipelines.access.sign_in import sign_in_as_persona
from pipelines.database.connections import connect
from pipelines.database.roles import Role
from pipelines.settings import Settings
from pipelines.supervision.dagster_gate import (
    IS_LOOKING_ON,
    SUPERVISION,
    DagsterGate,
    supervision_key,
)
from tests.conftest import running_installation

ROLES = ("engineer", "quality", "doctor", "nurse", "compliance", "support", "patient")
QUESTION = "query Runs { runsOrError { __typename } }"
CHANGES = (
    "mutation { setNuxSeen }",
    'mutation Stop { terminateRun(runId: "x") { __typename } }',
    QUESTION + " mutation { setNuxSeen }",
    'subscription { capturedLogs(logKey: ["x"]) { stdout } }',
    '{ capturedLogs(logKey: ["x"]) { stdout } }',
    'query { other: capturedLogs(logKey: ["x"]) { stdout } }',
    'query { ...F } fragment F on Query { capturedLogs(logKey: ["x"]) { stdout } }',
    "fragment F on Query { version }",
    "not graphql {",
    "",
    "{" * 5000,
)


@pytest.fixture(scope="module")
def staff(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """Yield an installation with a person per role."""
    for settings in running_installation(tmp_path_factory.mktemp("dagster")):
        with connect(settings, Role.OWNER) as connection:
            for role in ROLES:
                key = 7 if role == "patient" else None
                person = Person(role, role.title(), role, patient_key=key)
                create_person(connection, person, "correct horse battery staple")
        yield settings


def sent_for(
    settings: Settings, scope: dict[str, Any], body: bytes = b""
) -> tuple[list[dict], list[dict]]:
    """Return what the gate sends, and what reaches Dagster."""
    sent: list[dict] = []
    reached: list[dict] = []

    async def pages(scope: dict, receive: Any, send: Any) -> None:
        if scope["type"] == "websocket":
            reached.append(scope)
            await send({"type": "websocket.accept"})
            return
        taken = await receive()
        reached.append({**scope, "body": taken.get("body", b"")})
        start = {"type": "http.response.start", "status": 200, "headers": []}
        await send(start)

    async def receive() -> dict:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: dict) -> None:
        sent.append(message)

    asyncio.run(DagsterGate(pages, settings)(scope, receive, send))
    return sent, reached


def request(
    path: str, method: str = "GET", kind: str = "http", **headers: str
) -> dict[str, Any]:
    """Return a request as it reaches the gate."""
    written = {"host": "127.0.0.1:3000"} | {
        name.replace("_", "-"): value for name, value in headers.items()
    }
    return {
        "type": kind,
        "method": method,
        "path": path,
        "query_string": b"",
        "headers": [(name.encode(), value.encode()) for name, value in written.items()],
    }


def as_(settings: Settings, user_id: str) -> dict[str, str]:
    """Return the cookie of a person."""
    token = sign_in_as_persona(settings, user_id).token
    return {"cookie": f"{cookie_name(settings)}={token}"}


def status(sent: list[dict]) -> object:
    """Return the status, or what became of a socket."""
    return sent[0].get("status", sent[0]["type"])


def every_route() -> list[tuple[str, str, str]]:
    """Return kind, method and an address of every route that Dagster serves."""
    found = []
    for route in DagsterWebserver(None).build_routes():
        path = "/".join("x" if "{" in part else part for part in route.path.split("/"))
        if isinstance(route, WebSocketRoute):
            found.append(("websocket", "GET", path))
        elif isinstance(route, Mount):
            found.append(("http", "GET", f"{path}/x"))
        else:
            found += [("http", method, path) for method in route.methods]
    return found


def test_without_a_session_no_route_of_dagsters_answers(staff: Settings) -> None:
    ended = as_(staff, "engineer")
    sign_out(staff, ended["cookie"].partition("=")[2])
    routes = every_route()
    extra = [("http", "GET", "/logs/..%2f..%2fetc/passwd"), ("http", "PUT", "/graphql")]

    assert len({path for _, _, path in routes}) >= 13
    for kind, method, path in [*routes, *extra]:
        for headers in ({}, ended, {"cookie": "x"}, {SUPERVISION: "wrong"}):
            sent, reached = sent_for(staff, request(path, method, kind, **headers))
            assert status(sent) in {401, "websocket.close"}, path
            assert reached == []


@pytest.mark.parametrize("role", [role for role in ROLES if role != "engineer"])
def test_only_engineers_reach_what_changes_or_tells_what_programs_wrote(
    staff: Settings, role: str
) -> None:
    cookie = as_(staff, role)
    for kind, method, path in every_route():
        is_open_to_lookers = method in {"GET", "HEAD"} and not path.startswith(
            ("/graphql", "/logs", "/download", "/notebook", "/dagit", "/report")
        )
        sent, reached = sent_for(staff, request(path, method, kind, **cookie))
        if role == "quality" and is_open_to_lookers and kind == "http":
            assert reached[0][IS_LOOKING_ON]
        else:
            assert status(sent) in {403, "websocket.close"}, path
            assert reached == []


def test_an_engineer_reaches_every_route(staff: Settings) -> None:
    cookie = as_(staff, "engineer")
    for kind, method, path in every_route():
        _, reached = sent_for(staff, request(path, method, kind, **cookie))
        assert len(reached) == 1
        assert IS_LOOKING_ON not in reached[0]


def ask_graphql(
    staff: Settings, role: str, body: bytes, content_type: str = "application/json"
) -> list[dict]:
    """Return what of a question reaches Dagster."""
    headers = as_(staff, role) | {"content_type": content_type}
    return sent_for(staff, request("/graphql", "POST", **headers), body)[1]


def test_who_looks_on_may_ask(staff: Settings) -> None:
    body = json.dumps({"query": QUESTION, "variables": {"a": 1}, "extra": "x"}).encode()
    (reached,) = ask_graphql(staff, "quality", body)

    assert json.loads(reached["body"]) == {
        "query": QUESTION,
        "variables": {"a": 1},
        "operationName": None,
    }


@pytest.mark.parametrize("change", CHANGES)
def test_who_looks_on_changes_nothing_and_reads_no_output(
    staff: Settings, change: str
) -> None:
    body = json.dumps({"query": change}).encode()

    assert ask_graphql(staff, "quality", body) == []
    assert len(ask_graphql(staff, "engineer", body)) == 1


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (QUESTION.encode(), "application/graphql"),
        (json.dumps({"query": QUESTION}).encode(), "text/plain"),
        (json.dumps({"query": QUESTION}).encode(), "application/json-x"),
        (
            json.dumps([{"query": "mutation { setNuxSeen }"}]).encode(),
            "application/json",
        ),
        (b'{"query": 7}', "application/json"),
        (b"{", "application/json"),
        (b" " * (2**20 + 1), "application/json"),
    ],
)
def test_what_the_gate_does_not_understand_reaches_nobody(
    staff: Settings, body: bytes, content_type: str
) -> None:
    assert ask_graphql(staff, "quality", body, content_type) == []


def test_of_two_questions_in_one_the_one_that_was_judged_is_asked(
    staff: Settings,
) -> None:
    body = b'{"query": "mutation { setNuxSeen }", "query": "{ version }"}'
    (reached,) = ask_graphql(staff, "quality", body)

    assert b"mutation" not in reached["body"]


def test_a_page_without_session_leads_to_the_sign_in_and_back(staff: Settings) -> None:
    sent, _ = sent_for(staff, request("/runs/x", accept="text/html"))
    headers = dict(sent[0]["headers"])

    assert status(sent) == 303
    assert headers[b"location"].decode() == (
        f"http://127.0.0.1:{staff.dashboard_port}/sign-in?next=%2Fdagster%2Fruns%2Fx"
    )
    assert headers[b"x-frame-options"] == b"DENY"


def test_the_supervising_program_comes_in_by_its_key(staff: Settings) -> None:
    key = {SUPERVISION: supervision_key(staff)}
    _, reached = sent_for(staff, request("/graphql", "POST", **key))

    assert len(reached) == 1
    without_keys = Settings(home=staff.root / "elsewhere", _env_file=None)
    assert supervision_key(without_keys) == ""
    _, reached = sent_for(without_keys, request("/graphql", **{SUPERVISION: ""}))
    assert reached == []
