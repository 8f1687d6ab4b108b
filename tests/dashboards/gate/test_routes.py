"""Every route: shut without a session, and with the headers that protect it."""

import json
import subprocess
import sys

import pytest

from dashboards.serving.gate import LARGEST_FORM, OPEN_TO_ALL
from pipelines.access.sign_in import sign_in_as_persona
from pipelines.settings import Settings
from tests.dashboards.asking import Answer, ask, with_session
from tests.demonstration.chromium import PROJECT

METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH")
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
        "/_stcore/bidi-components/another.part/x.js",
    ):
        assert ask(address, path, headers=doctor).status == 404


def test_the_script_of_the_flowsheet_is_given_to_who_is_signed_in_and_nothing_beside(
    address: str, doctor: dict[str, str]
) -> None:
    folder = "/_stcore/bidi-components/ehr-warehouse.flowsheet"

    assert ask(address, f"{folder}/flowsheet.js").status == 401
    for path in ("../component.py", "%2e%2e/component.py", "nothing.js"):
        assert ask(address, f"{folder}/{path}", headers=doctor).status in {400, 404}


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
    ("user_id", "path", "leads_to_the_root"),
    [
        ("doctor", "/worklist", True),
        ("doctor", "/patients", False),
        ("quality", "/incidents", True),
        ("quality", "/checks", False),
        ("doctor", "/incidents", False),  # another role's first page
    ],
)
def test_the_first_page_of_a_role_is_found_by_its_address(
    hospital: Settings,
    address: str,
    user_id: str,
    path: str,
    leads_to_the_root: bool,  # noqa: FBT001
) -> None:
    token = sign_in_as_persona(hospital, user_id).token
    headers = with_session(hospital, token)
    wanted = (303, "/") if leads_to_the_root else (200, "")

    page = ask(address, path, headers=headers | {"Accept": "text/html"})
    script = ask(address, path, headers=headers | {"Accept": "*/*"})

    assert (page.status, page.location) == wanted
    assert script.status == 200
