"""The gate: nothing without a live session, nothing for another site, no details."""

import json
import subprocess
import sys
from collections.abc import Iterator

import psycopg
import pytest
from psycopg import sql

from dashboards.serving.gate import LARGEST_FORM, OPEN_TO_ALL
from pipelines.access.sessions import sign_out
from pipelines.access.sign_in import sign_in_as_persona
from pipelines.database.connections import connect
from pipelines.database.roles import Role
from pipelines.settings import Settings
from tests.dashboards.asking import (
    Answer,
    ask,
    cookie_in,
    post_form,
    socket_status,
    with_session,
)
from tests.dashboards.conftest import PASSWORD
from tests.demonstration.chromium import PROJECT, serving

SOCKET = "/_stcore/stream"
METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH")
AGE = "update access.session set {} where token_hash = sha256(%s)"
ROUTES = """
import json
from dashboards.serving.application import Pages
from dashboards.serving.__main__ import configure
from pipelines.settings import load_settings
configure()
app = Pages(load_settings())._build_starlette_app()
print(json.dumps([route.path for route in app.routes]))
"""
# Addresses of no route: pages, files of the programs, tricks with the path.
OTHER_PATHS = (
    "/",
    "/worklist",
    "/chart",
    "/static/js/index.js",
    "/media/0123456789abcdef.csv",
    "/sign-in/",
    "/sign-in/../worklist",
    "/sign-in/persona/x",
    "/sign-in%2f..%2fworklist",
    "//worklist",
    "/_stcore/health/",
    "/_stcore/health/../metrics",
    "/_stcore/health;x",
    "/_STCORE/HEALTH",
    "/account",
    "/sign-out",
    "/%2e%2e/etc/passwd",
)


@pytest.fixture(scope="module")
def address(hospital: Settings) -> Iterator[str]:
    """Yield the address of the pages."""
    with serving(hospital) as served:
        yield served


@pytest.fixture(scope="module")
def routes(hospital: Settings) -> list[str]:
    """Return the paths of every route that the running application has."""
    done = subprocess.run(
        [sys.executable, "-c", ROUTES],
        cwd=PROJECT,
        env={"EHR_HOME": str(hospital.root), "EHR_MODE": "test", "PATH": "/usr/bin"},
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout.splitlines()[-1])


@pytest.fixture
def owner(hospital: Settings) -> Iterator[psycopg.Connection]:
    """Yield a connection as the owner."""
    with connect(hospital, Role.OWNER, autocommit=True) as connection:
        yield connection


@pytest.fixture
def doctor(hospital: Settings) -> dict[str, str]:
    """Return the headers of a doctor's browser."""
    return with_session(hospital, sign_in_as_persona(hospital, "doctor").token)


def is_refused(answer: Answer) -> bool:
    """Return whether an answer lets nobody in: refused, or led to the sign-in."""
    leads_in = answer.status == 303 and answer.location.startswith("/sign-in?")
    return answer.status in {401, 403, 413} or leads_in


def filled(route: str) -> str:
    """Return an address of a route."""
    return "/".join("x" if "{" in part else part for part in route.split("/")) or "/"


def test_without_a_session_no_route_of_the_application_answers(
    address: str, routes: list[str]
) -> None:
    paths = {filled(route) for route in routes} | set(OTHER_PATHS)
    open_paths = {
        (path, method)
        for path in sorted(paths)
        for method in METHODS
        for headers in ({}, {"Accept": "text/html"}, {"Origin": address})
        if not is_refused(ask(address, path, method, headers))
    }

    assert len(routes) > 20
    assert {path for path, _ in open_paths} <= OPEN_TO_ALL
    assert ("/sign-in", "GET") in open_paths


@pytest.mark.parametrize(
    "cookie",
    [
        "",
        "nonsense",
        "=;;,",
        "ehr_session_00000000=x",
        "{name}=",
        "{name}=wrong",
        '{name}="wrong"',
        "{name}={ended}",
        "{name}={waiting}",
        "x{name}={live}",
    ],
)
def test_no_cookie_but_a_live_one_opens_anything(
    address: str, hospital: Settings, owner: psycopg.Connection, cookie: str
) -> None:
    live, ended, waiting = (
        sign_in_as_persona(hospital, "doctor").token for _ in range(3)
    )
    sign_out(hospital, ended)
    owner.execute(
        "update access.session set is_complete = false where token_hash = sha256(%s)",
        (waiting.encode(),),
    )
    name = next(iter(with_session(hospital, "").values())).rstrip("=")
    values = {"name": name, "live": live, "ended": ended, "waiting": waiting}
    headers = {"Cookie": cookie.format(**values)}

    assert ask(address, "/_stcore/host-config", headers=headers).status == 401
    socket_headers = headers | {"Origin": address}
    assert socket_status(address, socket_headers, SOCKET) == 403
    good = {"Cookie": f"a=b; {name}={live}"}
    assert ask(address, "/_stcore/host-config", headers=good).status == 200


@pytest.mark.parametrize(
    "change",
    [
        "revoked_at = now()",
        "last_seen_at = now() - interval '15 minutes 1 second'",
        "ends_at = now()",
    ],
)
def test_a_session_that_ended_opens_neither_page_nor_socket(
    address: str, hospital: Settings, owner: psycopg.Connection, change: str
) -> None:
    token = sign_in_as_persona(hospital, "nurse").token
    headers = with_session(hospital, token) | {"Origin": address}
    before = socket_status(address, headers, SOCKET)
    owner.execute(sql.SQL(AGE).format(sql.SQL(change)), (token.encode(),))

    assert before == 101
    assert socket_status(address, headers, SOCKET) == 403
    assert ask(address, "/_stcore/host-config", headers=headers).status == 401


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": "https://{host}"},
        {"Origin": "http://{host}.evil.example"},
        {"Origin": "http://{host}", "Host": "evil.example"},
        {"Origin": "http://evil.example", "Host": "evil.example"},
    ],
)
def test_a_socket_opens_for_our_own_pages_only(
    address: str, doctor: dict[str, str], change: dict[str, str]
) -> None:
    host = address.partition("//")[2]
    headers = {name: value.format(host=host) for name, value in change.items()}

    assert socket_status(address, doctor | headers, SOCKET) == 403


@pytest.mark.parametrize("path", ["/", "/_stcore/", "/sign-in", "/_stcore/upload"])
def test_no_other_address_is_a_socket(
    address: str, doctor: dict[str, str], path: str
) -> None:
    assert socket_status(address, doctor | {"Origin": address}, path) == 403


@pytest.mark.parametrize(
    ("method", "headers"),
    [
        ("GET", {"Origin": "http://evil.example"}),
        ("GET", {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"}),
        ("GET", {"Host": "evil.example"}),
        ("GET", {"Host": ""}),
        ("POST", {}),
        ("POST", {"Origin": "null"}),
        ("POST", {"Origin": "http://evil.example"}),
        ("POST", {"Sec-Fetch-Site": "same-origin"}),
    ],
)
def test_another_site_gets_nothing_even_with_a_session(
    address: str, doctor: dict[str, str], method: str, headers: dict[str, str]
) -> None:
    for path in ("/sign-in", "/_stcore/host-config", "/worklist"):
        assert ask(address, path, method, doctor | headers).status == 403


def test_a_link_from_elsewhere_opens_a_page_and_nothing_else(address: str) -> None:
    followed = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}

    assert ask(address, "/sign-in", headers=followed).status == 200
    assert ask(address, "/sign-in", "POST", followed).status == 403


def test_what_nobody_needs_is_shut_to_everybody(
    address: str, doctor: dict[str, str]
) -> None:
    for path in (
        "/_stcore/metrics",
        "/_stcore/agent/openapi.json",
        "/_stcore/agent/mcp",
        "/_stcore/script-health-check",
        "/auth/login",
        "/auth/logout",
        "/oauth2callback",
        "/component/x/index.html",
        "/app/static/x",
    ):
        assert ask(address, path, headers=doctor).status == 404


def test_every_answer_carries_the_headers_that_protect_it(
    address: str, doctor: dict[str, str]
) -> None:
    for path, headers in (
        ("/sign-in", {}),
        ("/worklist", {}),
        ("/worklist", {"Accept": "text/html"}),
        ("/worklist", doctor),
        ("/media/x.csv", doctor),
        ("/_stcore/health", {}),
        ("/_stcore/metrics", doctor),
        ("/worklist", {"Host": "evil.example"}),
    ):
        found = ask(address, path, headers=headers).headers

        assert found["x-frame-options"] == "DENY"
        assert found["x-content-type-options"] == "nosniff"
        assert found["cache-control"] == "no-store"
        assert found["referrer-policy"] in {"no-referrer", "same-origin"}
        assert "frame-ancestors 'none'" in found["content-security-policy"]
        assert "unsafe-eval" not in found["content-security-policy"]
        assert "script-src 'unsafe-inline'" not in found["content-security-policy"]
        assert not {"server", "access-control-allow-origin"} & set(found)


def test_a_body_is_taken_up_to_what_its_address_needs(
    address: str, doctor: dict[str, str]
) -> None:
    large = b"x" * (LARGEST_FORM + 1)
    chunked = {"Origin": address, "Transfer-Encoding": "chunked"}
    chunks = b"%x\r\n%s\r\n0\r\n\r\n" % (len(large), large)

    assert ask(address, "/sign-in", "POST", {"Origin": address}, large).status == 413
    assert ask(address, "/sign-in", "POST", chunked, chunks).status == 413
    own = doctor | {"Origin": address}
    assert ask(address, "/sign-out", "POST", own, large).status == 413


@pytest.mark.parametrize(
    ("wanted", "reached"),
    [
        ("/worklist", "/worklist"),
        ("/chart?patient=7", "/chart?patient=7"),
        ("https://evil.example", "/"),
        ("//evil.example", "/"),
        ("/\\evil.example", "/"),
        ("/%5cevil.example", "/"),
        ("/\tevil", "/"),
        ("javascript:alert(1)", "/"),
        ("/x\r\nSet-Cookie: a=b", "/"),
        ("worklist", "/"),
        ("/sign-out", "/"),
        ("", "/"),
    ],
)
def test_sign_in_leads_to_a_page_of_ours_and_nowhere_else(
    address: str, wanted: str, reached: str
) -> None:
    fields = {"user_id": "doctor", "password": PASSWORD, "next": wanted}
    answer = post_form(address, "/sign-in", fields)

    assert (answer.status, answer.location) == (303, reached)


def test_who_asks_for_a_page_comes_back_to_it(address: str) -> None:
    asked = ask(address, "/chart?patient=7", headers={"Accept": "text/html"})
    form = ask(address, asked.location, headers={"Accept": "text/html"}).text

    assert asked.location == "/sign-in?next=%2Fchart%3Fpatient%3D7"
    assert 'name="next" value="/chart?patient=7"' in form


def test_the_cookie_is_for_this_site_and_for_no_script(address: str) -> None:
    fields = {"user_id": "doctor", "password": PASSWORD}
    cookie = post_form(address, "/sign-in", fields).headers["set-cookie"].lower()

    assert "; httponly" in cookie
    assert "; samesite=strict" in cookie
    assert "; path=/" in cookie
    assert "domain" not in cookie


def test_signing_in_never_takes_up_a_token_that_was_there(
    address: str, hospital: Settings
) -> None:
    fields = {"user_id": "doctor", "password": PASSWORD}
    planted = with_session(hospital, "planted-by-somebody")
    first = cookie_in(post_form(address, "/sign-in", fields, planted))
    second = cookie_in(
        post_form(address, "/sign-in", fields, with_session(hospital, first))
    )
    path = "/_stcore/host-config"

    assert "planted-by-somebody" not in {first, second}
    assert first != second
    assert ask(address, path, headers=with_session(hospital, first)).status == 401
    assert ask(address, path, headers=with_session(hospital, second)).status == 200


def test_a_cookie_replayed_after_signing_out_opens_nothing(
    address: str, doctor: dict[str, str]
) -> None:
    left = post_form(address, "/sign-out", {}, doctor)

    assert (left.status, left.location) == (303, "/sign-in?why=left")
    assert ask(address, "/_stcore/host-config", headers=doctor).status == 401
    socket_headers = doctor | {"Origin": address}
    assert socket_status(address, socket_headers, SOCKET) == 403


def test_a_wrong_password_is_told_without_saying_what_was_wrong(address: str) -> None:
    told = {
        post_form(address, "/sign-in", {"user_id": name, "password": "wrong"})[2]
        for name in ("doctor", "nobody")
    }

    assert len(told) == 1
    assert "The name or the password is wrong" in told.pop()


def test_who_is_signed_in_is_not_asked_again(
    address: str, doctor: dict[str, str]
) -> None:
    answer = ask(address, "/sign-in?next=/patients", headers=doctor)

    assert (answer.status, answer.location) == (303, "/patients")


def test_a_persona_who_cannot_enter_is_told_why(address: str) -> None:
    told = post_form(address, "/sign-in/persona", {"user_id": "nobody"})

    assert told.status == 403
    assert "There is no such account" in told.text
    assert "set-cookie" not in told.headers


def test_personas_are_offered_and_taken_in_demonstrations_only(
    hospital: Settings,
) -> None:
    with serving(hospital, EHR_MODE="production") as served:
        shown = ask(served, "/sign-in").text
        entered = post_form(served, "/sign-in/persona", {"user_id": "doctor"})

    assert "Demonstration" not in shown
    assert "persona" not in shown
    assert entered.status == 403
    assert "set-cookie" not in entered.headers


@pytest.mark.parametrize(
    "name",
    ["<script>alert(1)</script>", '"><img src=x>', "' or 1=1 --", "\x00", "\ud83d"],
)
def test_what_is_typed_is_never_part_of_the_page(address: str, name: str) -> None:
    typed = name.encode(errors="surrogatepass").decode(errors="replace")
    shown = post_form(address, "/sign-in", {"user_id": typed, "next": typed}).text

    assert "<script" not in shown
    assert "<img" not in shown
