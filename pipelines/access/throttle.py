"""Five wrong tries, then a name rests: online guessing gets nowhere.

At most 20 guesses an hour reach an account, known or not. Names are kept as keyed
hashes, because a password typed into the wrong field would otherwise be stored, or be
guessed from a plain hash.
"""

import hmac

import psycopg

from pipelines.access.encryption import Keyring

TRIES_ALLOWED = 5
LOCK_MINUTES = 15
FORGET_AFTER_HOURS = 24

# The try is counted before the password is looked at, so that guesses sent at once
# cannot slip through together. No row comes back while the name rests.
COUNT_TRY = """
    insert into access.sign_in_throttle as throttle (
        name_hash, failure_count, last_failed_at
    )
    values (%(name)s, 1, now())
    on conflict (name_hash) do update set
        failure_count = case
            when throttle.locked_until is null then throttle.failure_count + 1
            else 1
        end,
        locked_until = case
            when throttle.locked_until is null
                and throttle.failure_count + 1 >= %(allowed)s
                then now() + make_interval(mins => %(minutes)s)
        end,
        last_failed_at = now()
    where throttle.locked_until is null or throttle.locked_until <= now()
    returning true
"""
FORGET = "delete from access.sign_in_throttle where name_hash = %s"
FORGET_OLD = """
    delete from access.sign_in_throttle
    where last_failed_at < now() - make_interval(hours => %s)
"""


def is_admitted(connection: psycopg.Connection, keyring: Keyring, user_id: str) -> bool:
    """Count a try at a name; return whether it may go on, or the name rests."""
    connection.execute(FORGET_OLD, (FORGET_AFTER_HOURS,))
    values = {
        "name": _hash_of_name(keyring, user_id),
        "allowed": TRIES_ALLOWED,
        "minutes": LOCK_MINUTES,
    }
    return connection.execute(COUNT_TRY, values).fetchone() is not None


def forget_tries(
    connection: psycopg.Connection, keyring: Keyring, user_id: str
) -> None:
    """Start the count again, after a right password."""
    connection.execute(FORGET, (_hash_of_name(keyring, user_id),))


def _hash_of_name(keyring: Keyring, user_id: str) -> bytes:
    message = b"sign in\x1f" + user_id.encode(errors="surrogatepass")
    return hmac.digest(keyring.hash_key("search"), message, "sha256")
