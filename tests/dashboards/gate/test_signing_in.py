"""Signing in: leads to a page of ours, and tells nothing that helps to guess."""

import pytest

from pipelines.settings import Settings
from tests.dashboards.asking import ask, post_form
from tests.dashboards.conftest import PASSWORD
from tests.demonstration.chromium import serving


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
