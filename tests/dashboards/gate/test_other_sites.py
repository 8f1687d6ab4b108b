"""Other sites: no socket, no page and no form of ours, even with a session."""

import pytest

from tests.dashboards.asking import ask, socket_status
from tests.dashboards.gate.conftest import SOCKET


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
