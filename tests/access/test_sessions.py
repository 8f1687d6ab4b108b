"""Sessions: seen and ended by their owner, and ended with what they were based on."""

from uuid import uuid4

import psycopg
import pytest

from pipelines.access.confirming import Proof, confirm_identity
from pipelines.access.sessions import (
    cookie_name,
    end_open_session,
    live_person,
    open_sessions,
    person_of_session,
    sign_out_everywhere,
    token_in,
)
from pipelines.access.sign_in import SignInError, sign_in, sign_in_as_persona
from pipelines.settings import Settings
from tests.access.conftest import PASSWORD, PEOPLE

DOCTOR, NURSE, OTHER_NURSE = PEOPLE[:3]


@pytest.fixture(autouse=True)
def nothing_before(owner: psycopg.Connection) -> None:
    """Forget wrong tries and sessions of the tests before."""
    owner.execute("delete from access.sign_in_throttle")
    owner.execute("delete from access.session")
    owner.commit()


def test_a_person_sees_and_ends_own_sessions_only(hospital: Settings) -> None:
    mine, other = (sign_in_as_persona(hospital, "nurse").token for _ in range(2))
    hers = sign_in_as_persona(hospital, "other.nurse").token
    seen = open_sessions(hospital, NURSE, mine)
    foreign = open_sessions(hospital, OTHER_NURSE, hers)[0]

    assert [session.is_this_one for session in seen] == [False, True]
    assert {session.method for session in seen} == {"one click"}
    end_open_session(hospital, NURSE, foreign.session_id)
    end_open_session(hospital, NURSE, uuid4())
    end_open_session(hospital, NURSE, seen[0].session_id)
    assert live_person(hospital, hers) == OTHER_NURSE
    assert live_person(hospital, other) is None
    assert live_person(hospital, mine) == NURSE


def test_what_ended_is_not_listed(
    hospital: Settings, owner: psycopg.Connection
) -> None:
    for change in (
        "revoked_at = now()",
        "ends_at = now()",
        "last_seen_at = now() - interval '15 minutes 1 second'",
        "is_complete = false",
    ):
        token = sign_in_as_persona(hospital, "nurse").token
        owner.execute(f"update access.session set {change}")  # noqa: S608
        owner.commit()
        assert open_sessions(hospital, NURSE, token) == []


def test_looking_does_not_keep_a_session_alive_and_using_does(
    hospital: Settings, owner: psycopg.Connection
) -> None:
    token = sign_in(hospital, "nurse", PASSWORD).token
    back = (
        "update access.session set last_seen_at = last_seen_at - interval '8 minutes'"
    )
    for look, lives in ((person_of_session, True), (live_person, False)):
        owner.execute(back)
        owner.commit()
        look(hospital, token)
        owner.execute(back)
        owner.commit()
        assert (live_person(hospital, token) is not None) is lives


def test_a_session_lasts_twelve_hours_whatever_is_done(
    hospital: Settings, owner: psycopg.Connection
) -> None:
    token = sign_in(hospital, "nurse", PASSWORD).token
    hours = owner.execute(
        "select extract(epoch from ends_at - started_at) / 3600 from access.session"
    ).fetchone()[0]
    person_of_session(hospital, token)
    owner.execute("update access.session set ends_at = now()")
    owner.commit()

    assert hours == 12
    assert person_of_session(hospital, token) is None


@pytest.mark.parametrize(
    "change",
    [
        "role = 'quality', practitioner_source = null, practitioner_id = null",
        "password_hash = 'another'",
        "is_active = false",
        "practitioner_id = 'N9'",
        "needs_second_factor = true",
    ],
)
def test_a_session_ends_for_good_with_what_it_was_based_on(
    hospital: Settings, owner: psycopg.Connection, change: str
) -> None:
    kept = owner.execute(
        "select password_hash from access.person where user_id = 'other.nurse'"
    ).fetchone()[0]
    token = sign_in_as_persona(hospital, "other.nurse").token
    colleague = sign_in_as_persona(hospital, "nurse").token
    owner.execute(f"update access.person set {change} where user_id = 'other.nurse'")  # noqa: S608
    owner.execute(
        """
        update access.person set role = 'nurse', practitioner_source = 'hospital',
            practitioner_id = 'N2', is_active = true, needs_second_factor = false,
            password_hash = %s
        where user_id = 'other.nurse'
        """,
        (kept,),
    )
    owner.commit()

    assert live_person(hospital, token) is None
    assert live_person(hospital, colleague) == NURSE


def test_another_name_to_show_ends_nothing(
    hospital: Settings, owner: psycopg.Connection
) -> None:
    token = sign_in_as_persona(hospital, "other.nurse").token
    owner.execute(
        "update access.person set display_name = display_name || '' "
        "where user_id = 'other.nurse'"
    )
    owner.commit()

    assert live_person(hospital, token) == OTHER_NURSE


def test_signing_out_everywhere_ends_all_of_ones_own(hospital: Settings) -> None:
    tokens = [sign_in_as_persona(hospital, "nurse").token for _ in range(3)]
    colleague = sign_in_as_persona(hospital, "other.nurse").token
    sign_out_everywhere(hospital, "nurse")

    assert [live_person(hospital, token) for token in tokens] == [None] * 3
    assert live_person(hospital, colleague) == OTHER_NURSE


def test_identity_is_confirmed_by_the_persons_own_password(
    hospital: Settings, owner: psycopg.Connection
) -> None:
    confirm_identity(hospital, NURSE, Proof(PASSWORD))
    for _ in range(5):
        with pytest.raises(SignInError):
            confirm_identity(hospital, NURSE, Proof("wrong"))
    with pytest.raises(SignInError):
        confirm_identity(hospital, NURSE, Proof(PASSWORD))
    with pytest.raises(SignInError):
        sign_in(hospital, "nurse", PASSWORD)

    told = owner.execute(
        """
        select action, result, count(*) from audit.event
        where user_id = 'nurse' and action = 'confirm identity'
        group by action, result order by result desc
        """
    ).fetchall()
    assert told == [("confirm identity", "ok", 1), ("confirm identity", "denied", 6)]


def test_each_installation_has_a_cookie_of_its_own(hospital: Settings) -> None:
    other = Settings(home=hospital.root / "other", _env_file=None)
    over_tls = Settings(home=hospital.root, public_url="https://x", _env_file=None)
    name = cookie_name(hospital)

    assert cookie_name(other) != name
    assert cookie_name(over_tls) == f"__Host-{name}"
    assert token_in(hospital, f"a=b; {name}=token; c=d") == "token"
    assert token_in(hospital, f"{cookie_name(other)}=token") == ""
    assert token_in(hospital, "; ; \udcff = x") == ""
