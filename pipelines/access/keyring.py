"""The secrets of one installation, and what they seal and open.

Column values: AES-256-GCM, the key's id in the value, and the place (table, column,
row) as associated data, so that a value moved elsewhere does not open. Wrapping keys
seal the data keys of archive entries in the same way. Hash keys make patient keys,
content hashes, archive addresses and search tokens.
"""

import base64
import binascii
import hashlib
import hmac
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

NONCE_BYTES = 12


class KeyringError(Exception):
    """The keyring is missing, damaged, or lacks the key that a value names."""


class KeyMissingError(KeyringError):
    """A value names a key that the keyring does not hold."""


@dataclass(frozen=True)
class Keyring:
    """The secrets of one installation.

    ``reload`` reads the keyring anew: a rotation may have added a key since.
    """

    hash_keys: Mapping[str, bytes]
    column_keys: Mapping[str, bytes]
    current_column_key: str
    wrapping_keys: Mapping[str, bytes]
    current_wrapping_key: str
    reload: "Callable[[], Keyring] | None" = field(
        default=None, compare=False, repr=False
    )

    def __repr__(self) -> str:
        """Name the keys and show none."""
        return f"Keyring(column_keys={list(self.column_keys)})"

    def hash_key(self, purpose: str) -> bytes:
        """Return the key of one purpose: patient, content, archive or search."""
        return self.hash_keys[purpose]

    def encrypt(self, value: str, place: str) -> str:
        """Return ``key id:base64`` of a value bound to its place (table|column|row)."""
        key_id = self.current_column_key
        return _sealed(key_id, self.column_keys[key_id], value.encode(), place)

    def encrypt_all(self, values: Sequence[str], places: Sequence[str]) -> list[str]:
        """Return every value as ``encrypt`` would, with nonces drawn all at once.

        Each has a nonce of its own; asking the system for every one takes longer than
        sealing with it.
        """
        key_id = self.current_column_key
        encrypt = AESGCM(self.column_keys[key_id]).encrypt
        nonces = _parted(os.urandom(NONCE_BYTES * len(values)))
        spell = partial(binascii.b2a_base64, newline=False)
        sealed = [
            spell(nonce + encrypt(nonce, value.encode(), place.encode())).decode()
            for value, place, nonce in zip(values, places, nonces, strict=True)
        ]
        return [f"{key_id}:{each}" for each in sealed]

    def decrypt(self, stored: str, place: str) -> str:
        """Return the value; refuse one that was changed or moved.

        Raises:
            KeyringError: the key is unknown, or the value does not belong here.
        """
        key = self._key_of("column", stored)
        return _opened(key, stored, place).decode()

    def wrap(self, data_key: bytes, place: str) -> str:
        """Return a data key sealed by the current wrapping key, bound to its place."""
        key_id = self.current_wrapping_key
        return _sealed(key_id, self.wrapping_keys[key_id], data_key, place)

    def unwrap(self, wrapped: str, place: str) -> bytes:
        """Return a data key.

        Raises:
            KeyringError: the wrapping key is unknown, or the key belongs elsewhere.
        """
        return _opened(self._key_of("wrapping", wrapped), wrapped, place)

    def as_of_now(self) -> "Keyring":
        """Return the keyring as its file is now: with the keys that are current."""
        return self.reload() if self.reload else self

    def patient_digest(self, source_system: str, source_patient_id: str) -> bytes:
        """Return the full keyed digest of one patient of one source."""
        message = f"{source_system}\x1f{source_patient_id}".encode()
        return hmac.digest(self.hash_key("patient"), message, "sha256")

    def search_token(self, kind: str, term: str) -> str:
        """Return the keyed hash of one normalised search term, as 32 hex digits."""
        message = f"{kind}\x1f{term}".encode()
        key = self.hash_key("search")
        return hashlib.blake2b(message, key=key, digest_size=16).hexdigest()

    def _key_of(self, kind: str, stored: str) -> bytes:
        """Return the key that a sealed value names, read anew if need be."""
        key_id = stored.partition(":")[0]
        key = self._keys(kind).get(key_id)
        if key is None and self.reload:
            key = self.reload()._keys(kind).get(key_id)  # noqa: SLF001 - of its own kind
        if key is None:
            msg = (
                f"the keyring lacks {kind} key {key_id[:8]!r}: restore the keys folder "
                "that belongs to this installation"
            )
            raise KeyMissingError(msg)
        return key

    def _keys(self, kind: str) -> Mapping[str, bytes]:
        return self.column_keys if kind == "column" else self.wrapping_keys


def _sealed(key_id: str, key: bytes, content: bytes, place: str) -> str:
    nonce = os.urandom(NONCE_BYTES)
    return _spelled(key_id, nonce, AESGCM(key).encrypt(nonce, content, place.encode()))


def _spelled(key_id: str, nonce: bytes, sealed: bytes) -> str:
    return f"{key_id}:{binascii.b2a_base64(nonce + sealed, newline=False).decode()}"


def _parted(nonces: bytes) -> Iterator[bytes]:
    for start in range(0, len(nonces), NONCE_BYTES):
        yield nonces[start : start + NONCE_BYTES]


def _opened(key: bytes, stored: str, place: str) -> bytes:
    try:
        sealed = base64.b64decode(stored.partition(":")[2], validate=True)
        nonce, body = sealed[:NONCE_BYTES], sealed[NONCE_BYTES:]
        return AESGCM(key).decrypt(nonce, body, place.encode())
    except (InvalidTag, binascii.Error, ValueError):
        table, _, _ = place.partition("|")
        msg = (
            f"a stored value of {table} was changed, does not belong there, or was "
            "sealed by another installation's keys: run 'ehr doctor'"
        )
        raise KeyringError(msg) from None
