"""The second factor: asked of whom, taken once, and lost without being locked out."""

import time
from collections.abc import Iterator
from urllib.parse import parse_qsl

import psycopg
import pyotp
import pytest

from pipelines.access import second_factor
from pipelines.access.encryption import load_keyring
from pipelines.access.people import Person
from pipelines.access.second_factor import (
    SecondFactorError,
    is_enrolled,
    new_recovery_codes,
    offer_secret,
    require_second_factor,
    reset_second_factor,
    take_code,
)
from pipelines.access.sessions import person_of_session, waiting_person
from pipelines.access.sign_in import SignInError, finish_with_code, sign_in
from pipelines.settings import Settings
from tests.access.conftest import PASSWORD, PEOPLE

QUALITY = next(person for person in PEOPLE if person.user_id == "quality")
NOW = 1_800_000_000


class Clock:
    """The time that codes are made and judged by."""

    def __init__(self) -> None:
        self.seconds = NOW

    def time(self) -> int:
        return self.seconds


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Stop the time of the second factor."""
    stopped = Clock()
    monkeypatch.setattr(second_factor, "time", stopped)
    return stopped


@pytest.fixture(autouse=True)
def nothing_before(owner: psycopg.Connection) -> Iterator[None]:
    """Forget wrong tries and generators of the tests before."""
    owner.execute("delete from access.sign_in_throttle")
    reset_second_factor(owner, "quality")
    require_second_factor(owner, "quality", is_required=False)
    owner.commit()
    yield
    reset_second_factor(owner, "quality")
    require_second_factor(owner, "quality", is_required=False)
    owner.commit()


def required(owner: psycopg.Connection) -> None:
    """Ask a code of the person from now on."""
    require_second_factor(owner, "quality", is_required=True)
    owner.commit()


def generator_of(settings: Settings, person: Person = QUALITY) -> pyotp.TOTP:
    """Scan the picture that is shown."""
    address = offer_secret(settings, person)
    return pyotp.TOTP(dict(parse_qsl(address.partition("?")[2]))["secret"])


def enrolled(settings: Settings, clock: Clock) -> pyotp.TOTP:
    """Take a generator into use."""
    generator = generator_of(settings)
    waiting = sign_in(settings, "quality", PASSWORD).token
    finish_with_code(settings, waiting, generator.at(clock.seconds))
    clock.seconds += 300
    return generator


def test_a_password_alone_is_enough_where_nothing_more_is_asked(
    hospital: Settings,
) -> None:
    assert not sign_in(hospital, "quality", PASSWORD).owes_code


def test_a_password_opens_nothing_where_a_code_is_asked(
    hospital: Settings, owner: psycopg.Connection
) -> None:
    required(owner)
    signed_in = sign_in(hospital, "quality", PASSWORD)

    assert signed_in.owes_code
    assert person_of_session(hospital, signed_in.token) is None
    assert waiting_person(hospital, signed_in.token) == QUALITY


def test_roles_named_by_the_site_owe_a_code(hospital: Settings) -> None:
    strict = hospital.model_copy(update={"second_factor_roles": "engineer, quality"})

    assert sign_in(strict, "quality", PASSWORD).owes_code
    assert not sign_in(strict, "doctor", PASSWORD).owes_code


def test_the_code_opens_a_session_under_a_new_token(
    hospital: Settings, owner: psycopg.Connection, clock: Clock
) -> None:
    required(owner)
    generator = generator_of(hospital)
    waiting = sign_in(hospital, "quality", PASSWORD).token
    whole = finish_with_code(hospital, waiting, generator.at(clock.seconds)).token

    assert whole != waiting
    assert person_of_session(hospital, whole) == QUALITY
    assert person_of_session(hospital, waiting) is None
    assert waiting_person(hospital, waiting) is None
    assert is_enrolled(hospital, QUALITY)


def test_a_code_is_taken_once_and_none_before_it_either(
    hospital: Settings, owner: psycopg.Connection, clock: Clock
) -> None:
    required(owner)
    generator = enrolled(hospital, clock)
    keyring = load_keyring(hospital.keys_folder)

    def taken(at: int) -> bool:
        return take_code(owner, keyring, QUALITY, generator.at(at))

    assert taken(clock.seconds)
    assert not taken(clock.seconds)
    assert not taken(clock.seconds - 30)
    assert taken(clock.seconds + 30)
    assert not taken(clock.seconds)


@pytest.mark.parametrize(
    ("seconds", "is_taken"),
    [(-60, False), (-30, True), (0, True), (30, True), (60, False)],
)
def test_a_clock_may_be_off_by_one_step(
    hospital: Settings,
    owner: psycopg.Connection,
    clock: Clock,
    seconds: int,
    *,
    is_taken: bool,
) -> None:
    required(owner)
    generator = enrolled(hospital, clock)
    keyring = load_keyring(hospital.keys_folder)
    code = generator.at(clock.seconds + seconds)

    assert take_code(owner, keyring, QUALITY, code) is is_taken


def test_five_wrong_codes_and_the_right_one_waits(
    hospital: Settings, owner: psycopg.Connection, clock: Clock
) -> None:
    required(owner)
    generator = enrolled(hospital, clock)
    waiting = sign_in(hospital, "quality", PASSWORD).token
    for code in ("000000", "", "wrong", "12345678", "\ud83d"):
        with pytest.raises(SignInError):
            finish_with_code(hospital, waiting, code)

    with pytest.raises(SignInError):
        finish_with_code(hospital, waiting, generator.at(clock.seconds))


def test_the_wait_for_a_code_ends(
    hospital: Settings, owner: psycopg.Connection, clock: Clock
) -> None:
    required(owner)
    generator = enrolled(hospital, clock)
    waiting = sign_in(hospital, "quality", PASSWORD).token
    minutes = owner.execute(
        """
        select extract(epoch from ends_at - started_at) / 60
        from access.session where not is_complete order by started_at desc limit 1
        """
    ).fetchone()[0]
    owner.execute("update access.session set ends_at = now() where not is_complete")
    owner.commit()

    assert minutes == 5
    with pytest.raises(SignInError, match="too long"):
        finish_with_code(hospital, waiting, generator.at(clock.seconds))


def test_a_recovery_code_works_once_for_its_own_person(
    hospital: Settings, owner: psycopg.Connection, clock: Clock
) -> None:
    required(owner)
    enrolled(hospital, clock)
    first, *others = new_recovery_codes(hospital, QUALITY)
    keyring = load_keyring(hospital.keys_folder)
    doctor = PEOPLE[0]

    assert not take_code(owner, keyring, doctor, first)
    assert take_code(owner, keyring, QUALITY, f" {first.upper()} ")
    assert not take_code(owner, keyring, QUALITY, first)
    owner.commit()
    new_recovery_codes(hospital, QUALITY)
    assert not take_code(owner, keyring, QUALITY, others[0])


def test_what_is_kept_shows_neither_secret_nor_codes(
    hospital: Settings, owner: psycopg.Connection, clock: Clock
) -> None:
    generator = enrolled_by_hand(hospital, owner, clock)
    codes = new_recovery_codes(hospital, QUALITY)
    kept = owner.execute(
        """
        select concat(
            (select string_agg(f::text, '') from access.second_factor as f),
            (select string_agg(r::text, '') from access.recovery_code as r)
        )
        """
    ).fetchone()[0]

    assert generator.secret not in kept
    assert not any(code in kept for code in codes)
    assert len(set(codes)) == 8


def enrolled_by_hand(
    settings: Settings, owner: psycopg.Connection, clock: Clock
) -> pyotp.TOTP:
    """Take a generator into use where a code is asked for."""
    required(owner)
    return enrolled(settings, clock)


def test_a_generator_in_use_is_not_replaced_by_whoever_knows_the_password(
    hospital: Settings, owner: psycopg.Connection, clock: Clock
) -> None:
    generator = enrolled_by_hand(hospital, owner, clock)
    with pytest.raises(SecondFactorError, match="in use already"):
        offer_secret(hospital, QUALITY)

    keyring = load_keyring(hospital.keys_folder)
    assert take_code(owner, keyring, QUALITY, generator.at(clock.seconds))


def test_a_secret_of_another_person_does_not_open(
    hospital: Settings, owner: psycopg.Connection, clock: Clock
) -> None:
    generator = enrolled_by_hand(hospital, owner, clock)
    owner.execute(
        """
        insert into access.second_factor (user_id, secret, enrolled_at)
        select 'nurse', secret, now() from access.second_factor
        where user_id = 'quality'
        """
    )
    keyring = load_keyring(hospital.keys_folder)
    with pytest.raises(Exception, match="does not belong there"):
        take_code(owner, keyring, PEOPLE[1], generator.at(clock.seconds))
    owner.rollback()


def test_taking_a_generator_away_ends_the_sessions(
    hospital: Settings, owner: psycopg.Connection, clock: Clock
) -> None:
    token = sign_in(hospital, "quality", PASSWORD).token
    reset_second_factor(owner, "quality")
    owner.commit()

    assert person_of_session(hospital, token) is None
    assert clock.seconds == NOW


def test_the_real_clock_is_the_one_that_counts() -> None:
    assert second_factor.time is time


def test_an_unknown_account_is_named(owner: psycopg.Connection) -> None:
    with pytest.raises(SecondFactorError, match="no account 'nobody'"):
        require_second_factor(owner, "nobody", is_required=True)
