"""Signing in at a provider, the whole round, and every way in which it may be wrong."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from joserfc.jwk import RSAKey

from pipelines.access.break_glass import break_glass
from pipelines.access.confirming import Proof
from pipelines.access.people import Person
from pipelines.access.provider import link_identity
from pipelines.access.sessions import BY_PROVIDER, method_of, sign_out
from pipelines.access.sign_in import SignInError
from pipelines.database.connections import connect
from pipelines.database.roles import Role
from pipelines.settings import Settings
from tests.access.small_provider import CLIENT, SmallProvider, running_provider
from tests.dashboards.asking import Answer, ask, cookie_in, with_session
from tests.dashboards.conftest import PEOPLE
from tests.demonstration.chromium import serving

DOCTOR, NURSE = (
    next(person for person in PEOPLE if person.user_id == user_id)
    for user_id in ("doctor", "nurse")
)
RESTRICTED = 1
RESTRICT = """
    insert into access.restriction (patient_key, label_code, set_by, reason)
    values (1, 'patient_wish', 'x', 'x')
"""
SUBJECT = "8f3a"
CHECKED = "/_stcore/host-config"


@pytest.fixture(scope="module")
def running(hospital: Settings) -> Iterator[tuple[SmallProvider, str]]:
    """Yield a provider, and the address of pages that know it."""
    with running_provider() as provider:
        with connect(hospital, Role.OWNER) as connection:
            link_identity(connection, "doctor", provider.issuer, SUBJECT)
            link_identity(connection, "nurse", "http://elsewhere.example", "other")
        variables = {
            "EHR_OIDC_ISSUER": provider.issuer,
            "EHR_OIDC_CLIENT_ID": CLIENT[0],
            "EHR_OIDC_CLIENT_SECRET": CLIENT[1],
            "EHR_OIDC_NAME": "City hospital account",
        }
        with serving(hospital, **variables) as address:
            yield provider, address


@pytest.fixture
def provider(running: tuple[SmallProvider, str]) -> SmallProvider:
    """Return the provider, behaving well."""
    found, _ = running
    found.subject = SUBJECT
    found.claims, found.headers, found.discovery = {}, {}, {}
    found.signing_key = None
    found.asked.clear()
    return found


@pytest.fixture
def address(running: tuple[SmallProvider, str]) -> str:
    """Return the address of the pages."""
    return running[1]


def gone(
    address: str, wanted: str = "/worklist", *, again: str = ""
) -> tuple[str, str]:
    """Go to the provider and be sent back; return where to, and what is remembered."""
    left = ask(address, f"/sign-in/provider?next={wanted}{again}")
    assert left.status == 303, left.text
    cookie = left.headers["set-cookie"]
    assert "httponly" in cookie.lower()
    assert "samesite=lax" in cookie.lower()
    provider, _, path = left.location.partition("/authorize")
    back = ask(provider, f"/authorize{path}").location
    return back.removeprefix(address), cookie.partition(";")[0]


def came_back(address: str, path: str, cookie: str) -> Answer:
    """Return what the pages answer to who comes back by a link from elsewhere."""
    headers = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}
    return ask(address, path, headers=headers | {"Cookie": cookie})


def is_refused(answer: Answer) -> bool:
    """Return whether nobody was let in, and told so in words."""
    lines = answer.headers["set-cookie"].splitlines()
    return answer.status == 403 and all('_away=""' in line for line in lines)


def test_who_the_provider_names_is_signed_in_and_led_to_where_they_wanted(
    address: str, provider: SmallProvider, hospital: Settings
) -> None:
    path, cookie = gone(address)
    back = came_back(address, path, cookie)

    assert provider.issuer
    assert (back.status, back.location) == (303, "/worklist")
    assert len(cookie_in(back)) > 40
    with connect(hospital, Role.OWNER) as connection:
        newest = connection.execute(
            """
            select user_id, method from access.session order by started_at desc limit 1
            """
        ).fetchone()
    assert newest == ("doctor", "identity provider")


def test_the_session_works_like_any_other(
    address: str, provider: SmallProvider, hospital: Settings
) -> None:
    path, cookie = gone(address)
    token = cookie_in(came_back(address, path, cookie))

    assert provider.grants == {}
    headers = with_session(hospital, token)
    assert ask(address, CHECKED, headers=headers).status == 200


def test_the_sign_in_offers_the_provider(address: str) -> None:
    shown = ask(address, "/sign-in?next=/chart").text

    assert "City hospital account" in shown
    assert "/sign-in/provider?next=%2Fchart" in shown


@pytest.mark.parametrize(
    "claims",
    [
        {"nonce": "another"},
        {"nonce": None},
        {"aud": "another"},
        {"aud": None},
        {"aud": ["ehr-warehouse", "another"], "azp": "another"},
        {"iss": "http://127.0.0.1:1"},
        {"iss": None},
        {"exp": 1},
        {"exp": None},
        {"iat": int(time.time()) + 3600},
        {"sub": None},
        {"sub": ""},
        {"sub": 7},
        {"sub": "nobody here"},
        {"sub": "other"},
        {"nbf": int(time.time()) + 3600},
    ],
)
def test_a_token_that_is_not_for_us_now_and_this_sign_in_lets_nobody_in(
    address: str, provider: SmallProvider, claims: dict[str, object]
) -> None:
    provider.claims = claims
    path, cookie = gone(address)

    assert is_refused(came_back(address, path, cookie))


def test_a_token_signed_by_another_key_lets_nobody_in(
    address: str, provider: SmallProvider
) -> None:
    provider.signing_key = RSAKey.generate_key(2048, {"kid": "one"})
    path, cookie = gone(address)

    assert is_refused(came_back(address, path, cookie))


def test_a_token_signed_with_what_both_know_lets_nobody_in(
    address: str, provider: SmallProvider
) -> None:
    for secret in (CLIENT[1], provider.key.as_pem(private=False).decode()):
        provider.headers = {"alg": "HS256"}
        provider.signing_key = secret.encode()
        path, cookie = gone(address)

        assert is_refused(came_back(address, path, cookie))


def test_a_code_works_once(address: str, provider: SmallProvider) -> None:
    path, cookie = gone(address)
    first, again = (came_back(address, path, cookie) for _ in range(2))

    assert first.status == 303
    assert is_refused(again)
    assert provider.grants == {}


def test_a_return_without_its_departure_lets_nobody_in(
    address: str, provider: SmallProvider
) -> None:
    path, cookie = gone(address)
    other_path, other_cookie = gone(address)
    name, _, sealed = cookie.partition("=")

    assert is_refused(came_back(address, path, ""))
    assert is_refused(came_back(address, path, other_cookie))
    assert is_refused(came_back(address, other_path, cookie))
    assert is_refused(came_back(address, path, f"{name}={sealed[:-4]}AAAA"))
    assert is_refused(came_back(address, "/sign-in/return?error=denied", cookie))
    assert provider.issuer


def test_a_return_after_too_long_lets_nobody_in(
    address: str, provider: SmallProvider, hospital: Settings
) -> None:
    import json  # noqa: PLC0415

    from pipelines.access.encryption import load_keyring  # noqa: PLC0415
    from pipelines.access.provider import PLACE  # noqa: PLC0415

    path, cookie = gone(address)
    name, _, sealed = cookie.partition("=")
    keyring = load_keyring(hospital.keys_folder)
    memory = json.loads(keyring.decrypt(sealed.strip('"'), PLACE))
    memory["at"] -= 601
    aged = keyring.encrypt(json.dumps(memory), PLACE)

    assert is_refused(came_back(address, path, f'{name}="{aged}"'))
    assert provider.issuer


def test_another_provider_may_not_answer(address: str, provider: SmallProvider) -> None:
    path, cookie = gone(address)
    mixed_up = path.rpartition("&iss=")[0] + "&iss=http%3A%2F%2Fevil.example"

    assert is_refused(came_back(address, mixed_up, cookie))
    assert provider.issuer


@pytest.mark.parametrize(
    "discovery",
    [{"issuer": "http://elsewhere.example"}, {"authorization_endpoint": None}],
)
def test_a_provider_that_is_not_what_was_meant_is_not_gone_to(
    address: str, provider: SmallProvider, discovery: dict[str, object]
) -> None:
    provider.discovery = discovery

    answer = ask(address, "/sign-in/provider")
    assert answer.status == 403
    assert "set-cookie" not in answer.headers


def test_keys_are_never_fetched_in_the_clear_from_elsewhere(
    address: str, provider: SmallProvider
) -> None:
    path, cookie = gone(address)
    provider.discovery = {"jwks_uri": "http://keys.example/keys"}

    assert is_refused(came_back(address, path, cookie))


def test_a_person_who_left_is_not_let_in(
    address: str, provider: SmallProvider, hospital: Settings
) -> None:
    leave = "update access.person set is_active = %s where user_id = 'doctor'"
    path, cookie = gone(address)
    with connect(hospital, Role.OWNER) as connection:
        connection.execute(leave, (False,))
    answer = came_back(address, path, cookie)
    with connect(hospital, Role.OWNER) as connection:
        connection.execute(leave, (True,))

    assert is_refused(answer)
    assert provider.issuer


def asked_anew(address: str) -> Answer:
    """Sign in again, at our wish, and come back."""
    path, cookie = gone(address, "/chart", again="&again=yes")
    return came_back(address, path, cookie)


@pytest.mark.parametrize("seconds_ago", [None, 64, 3600])
def test_a_provider_that_did_not_ask_anew_confirms_nothing(
    address: str, provider: SmallProvider, seconds_ago: int | None
) -> None:
    if seconds_ago:
        provider.claims = {"auth_time": int(time.time()) - seconds_ago}

    assert is_refused(asked_anew(address))
    assert {grant["prompt"] for grant in provider.asked} == {"login"}
    assert {grant["max_age"] for grant in provider.asked} == {"0"}


def test_a_new_sign_in_at_the_provider_opens_one_restricted_record(
    address: str, provider: SmallProvider, hospital: Settings
) -> None:
    provider.claims = {"auth_time": int(time.time()) - 50}
    token = cookie_in(asked_anew(address))
    with connect(hospital, Role.OWNER) as owner:
        owner.execute(RESTRICT)
    try:
        with pytest.raises(SignInError):
            opened(hospital, NURSE, token)
        with at_another_time(hospital, token, "- interval '5 minutes'"):
            assert method_of(hospital, token) == (BY_PROVIDER, False)
            with pytest.raises(SignInError):
                opened(hospital, DOCTOR, token)
        assert method_of(hospital, token) == (BY_PROVIDER, True)
        opened(hospital, DOCTOR, token)

        assert method_of(hospital, token) == (BY_PROVIDER, False)
        with pytest.raises(SignInError):
            opened(hospital, DOCTOR, token)
    finally:
        with connect(hospital, Role.OWNER) as owner:
            owner.execute("delete from access.break_glass")
            owner.execute("delete from access.restriction")


def test_an_ordinary_sign_in_at_the_provider_confirms_nothing(
    address: str, provider: SmallProvider, hospital: Settings
) -> None:
    provider.claims = {"auth_time": int(time.time())}
    path, cookie = gone(address)
    token = cookie_in(came_back(address, path, cookie))

    assert method_of(hospital, token) == (BY_PROVIDER, False)
    sign_out(hospital, token)
    assert method_of(hospital, token) == ("", False)


@contextmanager
def at_another_time(hospital: Settings, token: str, change: str) -> Iterator[None]:
    """Let the provider have asked at another time."""
    statement = f"""
        update access.session
        set confirmed_at = now() {change}
        where token_hash = sha256(%s)
    """  # noqa: S608 - of constants
    with connect(hospital, Role.OWNER) as owner:
        owner.execute(statement, (token.encode(),))
    yield
    with connect(hospital, Role.OWNER) as owner:
        owner.execute(statement.replace(change, ""), (token.encode(),))


def opened(hospital: Settings, person: Person, token: str) -> None:
    """Break the glass of the restricted patient."""
    why = {"reason_code": "emergency", "reason_text": "brought in unconscious"}
    break_glass(hospital, person, RESTRICTED, proof=Proof(token=token), **why)


def test_without_a_provider_there_is_no_such_door(hospital: Settings) -> None:
    with serving(hospital) as address:
        assert ask(address, "/sign-in/provider").status == 401
        assert ask(address, "/sign-in/return?code=x").status == 401
        assert "provider" not in ask(address, "/sign-in").text
