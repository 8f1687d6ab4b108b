"""Whether the keyring is the one that this installation's data is sealed with.

A keyring of another installation would make other patient keys of the same patients
and find nobody by name: all that without an error. So what it makes of a known text is
kept in the database, and compared before it is used.
"""

import hashlib
import hmac

import psycopg

from pipelines.access.keyring import Keyring, KeyringError
from pipelines.access.keyring_file import PURPOSES, load_keyring
from pipelines.settings import Settings

KNOWN_TEXT = "the keys of this installation"
PLACE = "access.key_check|sealed|only"
READ = "select digests, sealed from access.read_key_check()"
ENTER = """
    insert into access.key_check (digests, sealed) values (%s, %s)
"""


class WrongKeyringError(KeyringError):
    """The keyring is another installation's."""


def keyring_of(settings: Settings, connection: psycopg.Connection) -> Keyring:
    """Return the keyring, once it is known to belong to the connected warehouse.

    Raises:
        KeyringError: it is missing, damaged, or another installation's.
    """
    keyring = load_keyring(settings.keys_folder)
    check_keyring(connection, keyring)
    return keyring


def check_keyring(connection: psycopg.Connection, keyring: Keyring) -> None:
    """Compare what the keyring makes of a known text with what the warehouse holds.

    Raises:
        KeyringError: the keyring is another installation's.
    """
    found = connection.execute(READ).fetchone()
    if found is None:
        msg = "the warehouse does not know its keys yet: run 'ehr up'"
        raise KeyringError(msg)
    digests, sealed = found
    if not hmac.compare_digest(digests, _digests(keyring)) or not _opens(
        keyring, sealed
    ):
        msg = (
            "the keyring is not the one that this installation's data is sealed with: "
            "restore the keys folder that belongs to it"
        )
        raise WrongKeyringError(msg)


def ensure_key_check(owner: psycopg.Connection, keyring: Keyring) -> None:
    """Enter what the keyring makes of a known text, or compare it if it is there.

    Raises:
        KeyringError: the keyring is another installation's.
    """
    if owner.execute(READ).fetchone() is None:
        owner.execute(ENTER, (_digests(keyring), keyring.encrypt(KNOWN_TEXT, PLACE)))
    check_keyring(owner, keyring)


def _digests(keyring: Keyring) -> str:
    """Return a digest of the known text by all hash keys, one after another."""
    text = KNOWN_TEXT.encode()
    for purpose in PURPOSES:
        text = hmac.digest(keyring.hash_key(purpose), text, hashlib.sha256)
    return text.hex()


def _opens(keyring: Keyring, sealed: str) -> bool:
    try:
        return keyring.decrypt(sealed, PLACE) == KNOWN_TEXT
    except KeyringError:
        return False
