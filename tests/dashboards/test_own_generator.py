"""A code generator of one's own: bound by the password, not by an open session."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime

import pyotp
import pytest

from pipelines.access.second_factor import is_enrolled, reset_second_factor
from pipelines.access.sign_in import sign_in
from pipelines.database.connections import connect
from pipelines.database.roles import Role
from pipelines.settings import Settings
from tests.dashboards.asking import Answer, ask, post_form, with_session
from tests.dashboards.conftest import PASSWORD, PEOPLE
from tests.demonstration.chromium import serving

QUALITY = next(person for person in PEOPLE if person.user_id == "quality")
SECRET = re.compile(r'class="code">([A-Z2-7]{32})<')


@pytest.fixture(scope="module")
def address(hospital: Settings) -> Iterator[str]:
    """Yield the address of the pages."""
    with serving(hospital) as served:
        yield served


@pytest.fixture
def session(hospital: Settings) -> Iterator[dict[str, str]]:
    """Yield an open session of a person without a generator."""
    token = sign_in(hospital, QUALITY.user_id, PASSWORD).token
    yield with_session(hospital, token)
    with connect(hospital, Role.OWNER) as owner:
        reset_second_factor(owner, QUALITY.user_id)


def offered(address: str, session: dict[str, str], password: str) -> Answer:
    """Answer the question for the password."""
    return post_form(address, "/account/generator", {"password": password}, session)


def test_an_open_session_alone_is_shown_no_secret(
    address: str, session: dict[str, str]
) -> None:
    asked = ask(address, "/account/generator", headers=session)
    assert "Your password" in asked.text
    assert not SECRET.search(asked.text)
    refused = offered(address, session, "not the password")
    assert refused.status == 403
    assert "The password is wrong" in refused.text
    assert not SECRET.search(refused.text)


def test_a_wrong_code_binds_nothing_and_the_right_one_does(
    hospital: Settings, address: str, session: dict[str, str]
) -> None:
    (secret,) = SECRET.findall(offered(address, session, PASSWORD).text)
    wrong = post_form(address, "/account/code", {"code": "no code"}, session)
    assert wrong.status == 403
    assert "The code is wrong" in wrong.text
    assert not is_enrolled(hospital, QUALITY)
    code = pyotp.TOTP(secret).at(datetime.now(UTC))
    taken = post_form(address, "/account/code", {"code": code}, session)
    assert "Keep these codes" in taken.text
    assert is_enrolled(hospital, QUALITY)
    assert sign_in(hospital, QUALITY.user_id, PASSWORD).owes_code


def test_a_generator_in_use_is_not_replaced(
    address: str, session: dict[str, str]
) -> None:
    (secret,) = SECRET.findall(offered(address, session, PASSWORD).text)
    code = pyotp.TOTP(secret).at(datetime.now(UTC))
    post_form(address, "/account/code", {"code": code}, session)
    again = offered(address, session, PASSWORD)
    assert again.status == 403
    assert "in use already" in again.text
    assert not SECRET.search(again.text)
