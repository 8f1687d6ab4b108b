"""Keys of one installation, and what is done with them.

The keys lie in one file outside every database (``keys/keyring.json``, mode 0600).
Column values: AES-256-GCM, the key's id in the value, and the place (table, column,
row) as associated data, so that a value moved elsewhere does not open. Patient keys,
content hashes, archive addresses and search tokens are keyed hashes: without the key
nobody can try out all record numbers (10 million plain SHA-256 take 5 seconds on one
core).
"""

import base64
import hashlib
import hmac
import json
import os
import secrets
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEYRING_FILE = "keyring.json"
NONCE_BYTES = 12
# 63 bits fit PostgreSQL's bigint without a sign.
PATIENT_KEY_MASK = (1 << 63) - 1
SHORTEST_PREFIX = 3


class KeyringError(Exception):
    """The keyring is missing, damaged, or lacks the key that a value names."""


@dataclass(frozen=True)
class Keyring:
    """The secrets of one installation."""

    hash_keys: dict[str, bytes]
    column_keys: dict[str, bytes]
    current_column_key: str

    def hash_key(self, purpose: str) -> bytes:
        """Return the key of one purpose: patient, content, archive or search."""
        return self.hash_keys[purpose]

    def encrypt(self, value: str, place: str) -> str:
        """Return ``key id:base64`` of a value bound to its place (table|column|row)."""
        nonce = os.urandom(NONCE_BYTES)
        cipher = AESGCM(self.column_keys[self.current_column_key])
        sealed = nonce + cipher.encrypt(nonce, value.encode(), place.encode())
        return f"{self.current_column_key}:{base64.b64encode(sealed).decode()}"

    def decrypt(self, stored: str, place: str) -> str:
        """Return the value; refuse one that was changed or moved.

        Raises:
            KeyringError: the key is unknown, or the value does not belong here.
        """
        key_id, _, encoded = stored.partition(":")
        key = self.column_keys.get(key_id)
        if key is None:
            msg = f"the keyring lacks column key {key_id!r}; restore it from its backup"
            raise KeyringError(msg)
        sealed = base64.b64decode(encoded)
        nonce, body = sealed[:NONCE_BYTES], sealed[NONCE_BYTES:]
        try:
            return AESGCM(key).decrypt(nonce, body, place.encode()).decode()
        except InvalidTag:
            table, _, _ = place.partition("|")
            msg = f"a stored value of {table} was changed or does not belong there"
            raise KeyringError(msg) from None

    def patient_digest(self, source_system: str, source_patient_id: str) -> bytes:
        """Return the full keyed digest of one patient of one source."""
        message = f"{source_system}\x1f{source_patient_id}".encode()
        return hmac.digest(self.hash_key("patient"), message, "sha256")

    def search_token(self, kind: str, term: str) -> str:
        """Return the keyed hash of one normalised search term, as 32 hex digits."""
        message = f"{kind}\x1f{term}".encode()
        key = self.hash_key("search")
        return hashlib.blake2b(message, key=key, digest_size=16).hexdigest()


def patient_key_of(digest: bytes) -> int:
    """Return the patient key: the first 63 bits of the digest."""
    return int.from_bytes(digest[:8], "big") & PATIENT_KEY_MASK


def load_keyring(folder: Path) -> Keyring:
    """Read the keyring.

    Raises:
        KeyringError: there is none, or others than the owner may read it.
    """
    path = folder / KEYRING_FILE
    if not path.is_file():
        msg = f"no keyring at {path}: run 'ehr up' once, or restore the file"
        raise KeyringError(msg)
    if path.stat().st_mode & 0o077:
        msg = f"{path} can be read by others: run 'chmod 600 {path}'"
        raise KeyringError(msg)
    stored = json.loads(path.read_text())
    return Keyring(
        hash_keys=_keys(stored["hash"]),
        column_keys=_keys(stored["column"]),
        current_column_key=stored["current_column_key"],
    )


def _keys(stored: dict[str, str]) -> dict[str, bytes]:
    return {name: bytes.fromhex(key) for name, key in stored.items()}


def ensure_keyring(folder: Path) -> Keyring:
    """Make the keyring once; afterwards only read it."""
    path = folder / KEYRING_FILE
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        purposes = ("patient", "content", "archive", "search")
        stored = {
            "hash": {purpose: secrets.token_hex(32) for purpose in purposes},
            "column": {"c1": secrets.token_hex(32)},
            "current_column_key": "c1",
        }
        _write_private(path, json.dumps(stored, indent=2))
    return load_keyring(folder)


def _write_private(path: Path, content: str) -> None:
    """Write a file that only its owner can read, whole or not at all."""
    partial = path.with_suffix(".part")
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as handle:
        handle.write(content)
        handle.flush()
        os.fsync(handle.fileno())
    partial.rename(path)


def normalised(text: str) -> str:
    """Return letters and digits only, lower case, without accents."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(character for character in decomposed if character.isalnum())


def prefixes_of(name: str) -> list[str]:
    """Return the normalised prefixes of a name, from three letters up.

    A name shorter than that is found by the whole of it.
    """
    whole = normalised(name)
    if not whole:
        return []
    shortest = min(SHORTEST_PREFIX, len(whole))
    return [whole[:length] for length in range(shortest, len(whole) + 1)]


def sound_of(name: str) -> str:
    """Return how a name sounds, as Soundex (US National Archives): ``Meyer`` = M600."""
    codes = dict.fromkeys("bfpv", "1") | dict.fromkeys("cgjkqsxz", "2")
    codes |= dict.fromkeys("dt", "3") | {"l": "4"}
    codes |= dict.fromkeys("mn", "5") | {"r": "6"}
    letters = [letter for letter in normalised(name) if letter.isascii()]
    if not letters:
        return ""
    sound, previous = letters[0].upper(), codes.get(letters[0], "")
    for letter in letters[1:]:
        code = codes.get(letter, "")
        if code and code != previous:
            sound += code
        if letter not in "hw":  # h and w do not part two letters of one code
            previous = code
    return sound[:4].ljust(4, "0")


def search_terms(
    names: Iterable[str], numbers: Iterable[str], birth_date: str | None
) -> list[tuple[str, str]]:
    """Return (kind, normalised term) of all that a patient is searched by."""
    words = [word for name in names for word in name.split()]
    terms = [("prefix", prefix) for word in words for prefix in prefixes_of(word)]
    terms += [("sound", sound) for word in words if (sound := sound_of(word))]
    terms += [("number", number) for text in numbers if (number := normalised(text))]
    if birth_date:
        terms.append(("birth_date", birth_date))
    return sorted(set(terms))
