"""Who can open a backup: the installation itself, and holders who keep a key elsewhere.

Each is an X25519 key. A backup's data key is wrapped to every holder with two shared
secrets, one of a passing key and one of the installation's own: so whoever knows only
public keys can make no backup that passes for ours. The installation keeps its own
private key and the holders' public ones; a holder's private key is in a file of the
holder's, under a passphrase (``key_files``).
"""

import secrets
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import (
    X25519PrivateKey,
    X25519PublicKey,
)
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256, Hash
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES = 32
ONLY_NONCE = bytes(12)  # each wrapping key wraps once


class BackupKeyError(Exception):
    """A key of backups is missing or opens nothing; the message says what to do."""


@dataclass(frozen=True)
class Wrapped:
    """A data key, and the same wrapped to each holder."""

    data_key: bytes
    sealed_to: dict[str, dict[str, str]]


@dataclass(frozen=True)
class Opener:
    """A private key, and the public key of the installation whose backups it opens."""

    private: X25519PrivateKey
    installation: bytes
    # All files of one backup carry the same wrapped key.
    _opened: dict[str, bytes] = field(default_factory=dict, repr=False)

    @property
    def name(self) -> str:
        """Return the short name of this key."""
        return name_of(public_bytes(self.private))

    def open(self, sealed_to: dict[str, dict[str, str]]) -> bytes:
        """Return the data key that was wrapped to this key, among others.

        Raises:
            BackupKeyError: it was not, or by somebody else than the installation.
            ValueError: the header is no header.
        """
        mine = sealed_to.get(self.name)
        if mine is None:
            names = ", ".join(sorted(sealed_to))
            msg = f"key {self.name} does not open this backup: it is sealed to {names}"
            raise BackupKeyError(msg)
        if mine["passing"] + mine["key"] not in self._opened:
            self._opened[mine["passing"] + mine["key"]] = self._unwrap(mine)
        return self._opened[mine["passing"] + mine["key"]]

    def _unwrap(self, mine: dict[str, str]) -> bytes:
        passing = bytes.fromhex(mine["passing"])
        own = public_bytes(self.private)
        secret = _shared(self.private, passing) + _shared(
            self.private, self.installation
        )
        cipher = AESGCM(wrapping_key(secret, passing, own, self.installation))
        try:
            return cipher.decrypt(ONLY_NONCE, bytes.fromhex(mine["key"]), None)
        except InvalidTag:
            msg = (
                f"key {self.name} does not open this backup: it was changed, or made "
                "by another installation than the key is for"
            )
            raise BackupKeyError(msg) from None


@dataclass(frozen=True)
class BackupKeys:
    """What an installation keeps: its own key and the public keys of the holders."""

    private: X25519PrivateKey
    holders: dict[str, bytes]

    @property
    def public(self) -> bytes:
        """Return the installation's public key."""
        return public_bytes(self.private)

    def opener(self) -> Opener:
        """Return what opens the installation's own backups."""
        return Opener(self.private, self.public)

    def new_data_key(self) -> Wrapped:
        """Draw a data key and wrap it to the installation and to every holder."""
        data_key = secrets.token_bytes(KEY_BYTES)
        receivers = {name_of(self.public): self.public, **self.holders}
        return Wrapped(
            data_key,
            {name: self._wrap(data_key, public) for name, public in receivers.items()},
        )

    def _wrap(self, data_key: bytes, receiver: bytes) -> dict[str, str]:
        passing = X25519PrivateKey.generate()
        passing_public = public_bytes(passing)
        secret = _shared(passing, receiver) + _shared(self.private, receiver)
        key = wrapping_key(secret, passing_public, receiver, self.public)
        sealed = AESGCM(key).encrypt(ONLY_NONCE, data_key, None)
        return {"passing": passing_public.hex(), "key": sealed.hex()}


def public_bytes(private: X25519PrivateKey) -> bytes:
    """Return the public half of a key."""
    return private.public_key().public_bytes_raw()


def name_of(public: bytes) -> str:
    """Return the short name of a public key."""
    digest = Hash(SHA256())
    digest.update(public)
    return digest.finalize().hex()[:16]


def _shared(private: X25519PrivateKey, public: bytes) -> bytes:
    return private.exchange(X25519PublicKey.from_public_bytes(public))


def wrapping_key(
    secret: bytes, passing: bytes, receiver: bytes, sender: bytes
) -> bytes:
    """Return what wraps a data key to one receiver; every part of it is bound."""
    info = b"ehr backup data key" + passing + receiver + sender
    return HKDF(SHA256(), KEY_BYTES, salt=None, info=info).derive(secret)
