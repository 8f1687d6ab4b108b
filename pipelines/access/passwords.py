"""Passwords: argon2id, at OWASP's floor, never more than two hashes at once."""

import secrets
from functools import cache
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

# OWASP's least cost: 19 MiB, two passes, one lane; about 30 ms.
HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
# Each hash takes its memory: without a limit a flood of tries would take it all.
TURNSTILE = BoundedSemaphore(2)
LONGEST_PASSWORD = 256


def new_password() -> str:
    """Return a password that nobody can guess and most can type."""
    return secrets.token_urlsafe(12)


def hash_of(password: str) -> str:
    """Return the hash to keep."""
    with TURNSTILE:
        return HASHER.hash(password)


def is_right(password: str, stored: str | None) -> bool:
    """Return whether a password fits; takes as long when there is nothing to fit."""
    candidate = password[:LONGEST_PASSWORD]
    with TURNSTILE:
        try:
            HASHER.verify(stored or _nobodys_hash(), candidate)
        except (VerifyMismatchError, InvalidHashError):
            return False
    return stored is not None and len(password) <= LONGEST_PASSWORD


@cache
def _nobodys_hash() -> str:
    return HASHER.hash(secrets.token_hex(16))
