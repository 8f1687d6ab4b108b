"""The second factor: codes of a generator (RFC 6238), and recovery codes for its loss.

The secret is encrypted by the installation's key and bound to its person. A code counts
once: the step of the last one taken is kept, and nothing of that step or before is
taken again.
"""

import hmac
import secrets
import time
from collections.abc import Sequence

import psycopg
import pyotp

from pipelines.access.encryption import Keyring, load_keyring
from pipelines.access.people import Person
from pipelines.access.pools import pool_of
from pipelines.access.sessions import END_SESSIONS_OF
from pipelines.database.roles import Role
from pipelines.settings import Settings

ISSUER = "EHR Warehouse"
STEP_SECONDS = 30
# A clock may be off by a step, either way (RFC 6238, 5.2).
DRIFT = (0, -1, 1)
RECOVERY_CODES = 8
# 80 bits: nobody guesses them, so a keyed hash is enough to keep.
RECOVERY_BYTES = 10

IS_DEMANDED = "select needs_second_factor from access.person where user_id = %s"
DEMAND = "update access.person set needs_second_factor = %s where user_id = %s"
IS_ENROLLED = """
    select 1 from access.second_factor where user_id = %s and enrolled_at is not null
"""
SEALED = "select secret from access.second_factor where user_id = %s"
TAKE_STEP = """
    update access.second_factor
    set last_step = %(step)s, enrolled_at = coalesce(enrolled_at, now())
    where user_id = %(user)s and last_step < %(step)s
    returning true
"""
# Whoever has one in use keeps it: a new one is an administrator's to allow.
OFFER = """
    insert into access.second_factor as factor (user_id, secret)
    values (%s, %s)
    on conflict (user_id) do update set secret = excluded.secret, last_step = 0
    where factor.enrolled_at is null
    returning true
"""
FORGET_FACTOR = "delete from access.second_factor where user_id = %s"
FORGET_RECOVERY = "delete from access.recovery_code where user_id = %s"
KEEP_RECOVERY = """
    insert into access.recovery_code (user_id, code_hash)
    select %s, unnest(%s::bytea[])
"""
TAKE_RECOVERY = """
    update access.recovery_code
    set used_at = now()
    where user_id = %s and code_hash = %s and used_at is null
    returning true
"""


class SecondFactorError(Exception):
    """There is nothing to enrol; the message says why."""


def needs_code(
    settings: Settings, connection: psycopg.Connection, person: Person
) -> bool:
    """Return whether a password alone is not enough for a person.

    Who must have a second factor and has none yet owes a code too: enrolling gives it.
    """
    if connection.execute(IS_ENROLLED, (person.user_id,)).fetchone():
        return True
    demanded = connection.execute(IS_DEMANDED, (person.user_id,)).fetchone()[0]
    return demanded or person.role in settings.second_factor_role_names


def is_enrolled(settings: Settings, person: Person) -> bool:
    """Return whether a person has a code generator in use."""
    with pool_of(settings, Role.SIGNIN).connection() as connection:
        return bool(connection.execute(IS_ENROLLED, (person.user_id,)).fetchone())


def offer_secret(settings: Settings, person: Person) -> str:
    """Return the address of a new secret, as code generators scan it.

    Raises:
        SecondFactorError: there is one in use.
    """
    secret = pyotp.random_base32()
    keyring = load_keyring(settings.keys_folder)
    sealed = keyring.encrypt(secret, _place(person))
    with pool_of(settings, Role.SIGNIN).connection() as connection:
        if not connection.execute(OFFER, (person.user_id, sealed)).fetchone():
            msg = (
                "there is a code generator in use already: an administrator can take "
                "it away with 'ehr user second-factor'"
            )
            raise SecondFactorError(msg)
    return _generator(secret).provisioning_uri(name=person.user_id, issuer_name=ISSUER)


def new_recovery_codes(settings: Settings, person: Person) -> Sequence[str]:
    """Return new recovery codes, in place of all earlier ones; shown once."""
    codes = [_spaced(secrets.token_hex(RECOVERY_BYTES)) for _ in range(RECOVERY_CODES)]
    keyring = load_keyring(settings.keys_folder)
    hashes = [_hash_of_recovery(keyring, person, code) for code in codes]
    with (
        pool_of(settings, Role.SIGNIN).connection() as connection,
        connection.transaction(),
    ):
        connection.execute(FORGET_RECOVERY, (person.user_id,))
        connection.execute(KEEP_RECOVERY, (person.user_id, hashes))
    return codes


def enrol(settings: Settings, person: Person, code: str) -> bool:
    """Take a generator into use by its first code; return whether that was right."""
    keyring = load_keyring(settings.keys_folder)
    with pool_of(settings, Role.SIGNIN).connection() as connection:
        return take_code(connection, keyring, person, code)


def take_code(
    connection: psycopg.Connection, keyring: Keyring, person: Person, code: str
) -> bool:
    """Return whether a code is right, and use it up; the first right one enrols."""
    typed = "".join(code.split()).encode(errors="replace").decode()
    found = connection.execute(SEALED, (person.user_id,)).fetchone()
    if found is None:
        return False
    generator = _generator(keyring.decrypt(found[0], _place(person)))
    now = int(time.time()) // STEP_SECONDS
    for step in (now + drift for drift in DRIFT):
        if hmac.compare_digest(generator.generate_otp(step).encode(), typed.encode()):
            values = {"user": person.user_id, "step": step}
            return connection.execute(TAKE_STEP, values).fetchone() is not None
    hashed = _hash_of_recovery(keyring, person, typed)
    taken = connection.execute(TAKE_RECOVERY, (person.user_id, hashed)).fetchone()
    return taken is not None


def require_second_factor(
    connection: psycopg.Connection, user_id: str, *, is_required: bool
) -> None:
    """Say whether a password alone is enough for a person, as the owner.

    Raises:
        SecondFactorError: there is no such account.
    """
    if not connection.execute(DEMAND, (is_required, user_id)).rowcount:
        msg = f"there is no account {user_id!r}: see 'ehr user list'"
        raise SecondFactorError(msg)


def reset_second_factor(connection: psycopg.Connection, user_id: str) -> None:
    """Take a person's code generator and recovery codes away, as the owner."""
    for statement in (FORGET_FACTOR, FORGET_RECOVERY, END_SESSIONS_OF):
        connection.execute(statement, (user_id,))


def _generator(secret: str) -> pyotp.TOTP:
    return pyotp.TOTP(secret, interval=STEP_SECONDS)


def _place(person: Person) -> str:
    return f"access.second_factor|secret|{person.user_id}"


def _spaced(text: str) -> str:
    return "-".join(text[start : start + 5] for start in range(0, len(text), 5))


def _hash_of_recovery(keyring: Keyring, person: Person, code: str) -> bytes:
    letters = code.replace("-", "").lower()
    message = f"recovery\x1f{person.user_id}\x1f{letters}"
    return hmac.digest(
        keyring.hash_key("search"), message.encode(errors="surrogatepass"), "sha256"
    )
