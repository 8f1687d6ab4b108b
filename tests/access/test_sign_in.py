"""Signing in: who gets a session, how guessing is stopped, when a session ends."""

import hashlib
from types import SimpleNamespace

import psycopg
import pytest
from argon2 import Parameters, extract_parameters
from psycopg import sql

from pipelines.access import passwords
from pipelines.access.passwords import HASHER
from pipelines.access.sessions import (
    person_of_session,
    sign_out,
    sign_out_everywhere,
)
from pipelines.access.sign_in import (
    SignInError,
    personas,
    sign_in,
    sign_in_as_persona,
)
from pipelines.settings import Mode, Settings
from tests.access.conftest import PASSWORD


@pytest.fixture(autouse=True)
def nobody_rests(owner: psycopg.Connection) -> None:
    """Forget the wrong tries of the tests before."""
    owner.execute("delete from access.sign_in_throttle")
    owner.commit()


def try_in_vain(settings: Settings, user_id: str, times: int) -> None:
    """Try wrong passwords."""
    for _ in range(times):
        with pytest.raises(SignInError):
            sign_in(settings, user_id, "wrong")


def age_session(owner: psycopg.Connection, change: str) -> None:
    """Make all sessions older."""
    owner.execute(sql.SQL("update access.session set {}").format(sql.SQL(change)))
    owner.commit()


def test_name_and_password_start_a_session(hospital: Settings) -> None:
    signed_in = sign_in(hospital, "nurse", PASSWORD)

    assert signed_in.person.practitioner_id == "N1"
    assert person_of_session(hospital, signed_in.token) == signed_in.person


def test_the_database_keeps_neither_token_nor_password(
    hospital: Settings, owner: psycopg.Connection
) -> None:
    token = sign_in(hospital, "nurse", PASSWORD).token

    kept = owner.execute("select string_agg(s::text, '') from access.session s")
    hashes = owner.execute("select password_hash from access.person").fetchall()

    assert token not in kept.fetchone()[0]
    assert all(stored.startswith("$argon2id$") for (stored,) in hashes)
    assert (HASHER.memory_cost, HASHER.time_cost) >= (19 * 1024, 2)


@pytest.mark.parametrize(
    ("user_id", "password"),
    [
        ("nurse", "wrong"),
        ("nurse", ""),
        ("nobody", PASSWORD),
        ("", ""),
        ("nurse", "x" * 999),
    ],
)
def test_a_wrong_name_or_password_starts_none(
    hospital: Settings, user_id: str, password: str
) -> None:
    with pytest.raises(SignInError):
        sign_in(hospital, user_id, password)


def test_after_five_wrong_tries_the_right_password_waits(hospital: Settings) -> None:
    try_in_vain(hospital, "nurse", 5)

    with pytest.raises(SignInError):
        sign_in(hospital, "nurse", PASSWORD)


def test_four_wrong_tries_do_not_lock_and_a_right_one_clears_them(
    hospital: Settings,
) -> None:
    try_in_vain(hospital, "nurse", 4)
    sign_in(hospital, "nurse", PASSWORD)
    try_in_vain(hospital, "nurse", 4)

    assert sign_in(hospital, "nurse", PASSWORD).person.user_id == "nurse"


def test_the_lock_opens_after_its_time(
    hospital: Settings, owner: psycopg.Connection
) -> None:
    try_in_vain(hospital, "nurse", 5)
    owner.execute("update access.sign_in_throttle set locked_until = now()")
    owner.commit()

    assert sign_in(hospital, "nurse", PASSWORD).person.user_id == "nurse"


def test_an_unknown_name_costs_the_same_hash_as_a_wrong_password(
    hospital: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The hash is all that takes time: 30 ms of it, counted and not timed."""
    costs: list[Parameters] = []

    def counted(stored: str, candidate: str) -> bool:
        costs.append(extract_parameters(stored))
        return HASHER.verify(stored, candidate)

    counting = SimpleNamespace(verify=counted, hash=HASHER.hash)
    monkeypatch.setattr(passwords, "HASHER", counting)

    try_in_vain(hospital, "nurse", 1)
    try_in_vain(hospital, "nobody", 1)

    known, unknown = costs
    assert unknown == known


@pytest.mark.parametrize(
    "change",
    [
        "last_seen_at = now() - interval '15 minutes 1 second'",
        "ends_at = now()",
        "revoked_at = now()",
    ],
)
def test_a_session_ends_when_idle_too_old_or_revoked(
    hospital: Settings, owner: psycopg.Connection, change: str
) -> None:
    token = sign_in(hospital, "nurse", PASSWORD).token

    age_session(owner, change)

    assert person_of_session(hospital, token) is None


def test_a_session_in_use_goes_on(
    hospital: Settings, owner: psycopg.Connection
) -> None:
    token = sign_in(hospital, "nurse", PASSWORD).token

    age_session(owner, "last_seen_at = now() - interval '14 minutes'")
    person_of_session(hospital, token)
    age_session(owner, "last_seen_at = last_seen_at - interval '14 minutes'")

    assert person_of_session(hospital, token) is not None


def test_signing_out_ends_one_session_or_all(hospital: Settings) -> None:
    tokens = [sign_in(hospital, "nurse", PASSWORD).token for _ in range(3)]

    sign_out(hospital, tokens[0])
    after_one = [person_of_session(hospital, token) is None for token in tokens]
    sign_out_everywhere(hospital, "nurse")
    after_all = [person_of_session(hospital, token) is None for token in tokens]

    assert (after_one, after_all) == ([True, False, False], [True, True, True])


def test_who_left_loses_the_open_session(
    hospital: Settings, owner: psycopg.Connection
) -> None:
    token = sign_in(hospital, "other.nurse", PASSWORD).token
    leave = "update access.person set is_active = %s where user_id = 'other.nurse'"
    owner.execute(leave, (False,))
    owner.commit()

    found = person_of_session(hospital, token)
    owner.execute(leave, (True,))
    owner.commit()

    assert found is None


def test_one_click_sign_in_is_for_demonstrations_only(hospital: Settings) -> None:
    in_care = hospital.model_copy(update={"mode": Mode.PRODUCTION})

    assert sign_in_as_persona(hospital, "doctor").person.role == "doctor"
    assert personas(in_care) == []
    with pytest.raises(SignInError, match="demonstrations only"):
        sign_in_as_persona(in_care, "doctor")


def test_tries_are_audited_without_the_name_of_nobody(
    hospital: Settings, owner: psycopg.Connection
) -> None:
    try_in_vain(hospital, "my secret password", 1)
    try_in_vain(hospital, "nurse", 1)
    sign_in(hospital, "nurse", PASSWORD)

    told = owner.execute(
        "select user_id, result from audit.event order by event_id desc limit 3"
    ).fetchall()

    assert told == [("nurse", "ok"), ("nurse", "denied"), ("(unknown)", "denied")]


def test_a_password_typed_as_a_name_cannot_be_guessed_from_what_is_kept(
    hospital: Settings, owner: psycopg.Connection
) -> None:
    try_in_vain(hospital, "hunter2", 1)

    kept = owner.execute("select name_hash from access.sign_in_throttle").fetchall()

    assert len(kept) == 1
    assert kept[0][0] != hashlib.sha256(b"hunter2").digest()
