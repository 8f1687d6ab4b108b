"""Sessions: only a live cookie opens anything, and it is for this site alone."""

import psycopg
import pytest
from psycopg import sql

from pipelines.access.sessions import sign_out
from pipelines.access.sign_in import sign_in_as_persona
from pipelines.settings import Settings
from tests.dashboards.asking import (
    ask,
    cookie_in,
    post_form,
    socket_status,
    with_session,
)
from tests.dashboards.conftest import PASSWORD
from tests.dashboards.gate.conftest import SOCKET

AGE = "update access.session set {} where token_hash = sha256(%s)"


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
