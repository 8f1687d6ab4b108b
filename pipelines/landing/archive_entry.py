"""How one entry of the archive is laid out: a folder with a body and its key.

``body`` never changes: a header in clear, then the file's bytes in sealed chunks.
``key`` holds the entry's own data key, sealed by the installation's wrapping key; a
rotation replaces it and leaves the body as it is.
"""

import hmac
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from pipelines.access.keyring import KeyMissingError, Keyring, KeyringError
from pipelines.access.keyring_file import flush_folder

MAGIC = b"EHRA3\n"
BODY = "body"
KEY = "key"
CHUNK_BYTES = 1 << 20
TAG_BYTES = 16
DATA_KEY_BITS = 256
RESTORE = "restore the entry from a backup"


class ArchiveError(Exception):
    """An archive entry is missing or was changed."""


@dataclass(frozen=True)
class Header:
    """What stands before an entry's chunks, in clear and sealed with each of them."""

    line: bytes
    received_at: datetime

    @classmethod
    def new(cls) -> "Header":
        """Return the header of an entry that is received now."""
        received_at = datetime.now(UTC)
        content = {"received_at": received_at.isoformat()}
        return cls(json.dumps(content).encode() + b"\n", received_at)

    @classmethod
    def parse(cls, line: bytes) -> "Header":
        """Return the header that a line holds."""
        return cls(line, datetime.fromisoformat(json.loads(line)["received_at"]))

    def place(self, *, is_last: bool) -> bytes:
        """Return what a chunk is sealed with; only the last is sealed as the last."""
        return self.line + (b"last" if is_last else b"more")


def new_data_key() -> bytes:
    """Return a key that one entry alone has."""
    return AESGCM.generate_key(bit_length=DATA_KEY_BITS)


def read_header(stored: BinaryIO) -> Header:
    """Read an entry's header.

    Raises:
        ArchiveError: the file does not begin as an entry.
    """
    is_entry = stored.read(len(MAGIC)) == MAGIC
    try:
        return Header.parse(stored.readline() if is_entry else b"")
    except (ValueError, KeyError, TypeError):
        msg = (
            "an archive entry does not begin as one, or is of an older version: "
            "restore it from a backup, or deliver its file again"
        )
        raise ArchiveError(msg) from None


def write_body(
    source: BinaryIO,
    target: BinaryIO,
    header: Header,
    data_key: bytes,
    digest: hmac.HMAC,
) -> int:
    """Seal a file's bytes chunk by chunk, digest them, return how many there are."""
    target.write(MAGIC + header.line)
    cipher = AESGCM(data_key)
    byte_count = 0
    for index, (chunk, is_last) in enumerate(with_last(source, CHUNK_BYTES)):
        digest.update(chunk)
        byte_count += len(chunk)
        place = header.place(is_last=is_last)
        target.write(cipher.encrypt(nonce(index), chunk, place))
    return byte_count


def write_key(folder: Path, address: str, data_key: bytes, keyring: Keyring) -> None:
    """Seal an entry's data key to its address; a key that is there is replaced whole.

    The new key is on disk when this returns.
    """
    partial = folder / f"{KEY}.part"
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
    with os.fdopen(os.open(partial, flags, 0o600), "w") as handle:
        handle.write(keyring.wrap(data_key, key_place(address)))
        handle.flush()
        os.fsync(handle.fileno())
    partial.rename(folder / KEY)
    flush_folder(folder)


def read_key(folder: Path, address: str, keyring: Keyring) -> bytes:
    """Return an entry's data key.

    Raises:
        ArchiveError: it is missing, was changed, or is another entry's.
        KeyringError: the keyring lacks the key that sealed it.
    """
    sealed = sealed_key(folder, address)
    try:
        return keyring.unwrap(sealed, key_place(address))
    except KeyMissingError:
        raise
    except KeyringError:
        msg = f"the key of archive entry {address[:14]}… was changed: {RESTORE}"
        raise ArchiveError(msg) from None


def sealed_key(folder: Path, address: str) -> str:
    """Return an entry's data key as it lies: ``wrapping key id:base64``.

    Raises:
        ArchiveError: there is none.
    """
    try:
        return (folder / KEY).read_text("ascii")
    except (OSError, UnicodeDecodeError):
        msg = f"archive entry {address[:14]}… has no key: {RESTORE}"
        raise ArchiveError(msg) from None


def key_place(address: str) -> str:
    """Return what an entry's data key is bound to."""
    return f"archive|key|{address}"


def with_last(source: BinaryIO, size: int) -> Iterator[tuple[bytes, bool]]:
    """Yield pieces of a stream, at least one, and whether each is the last."""
    piece = source.read(size)
    is_last = False
    while not is_last:
        following = source.read(size)
        is_last = not following
        yield piece, is_last
        piece = following


def nonce(index: int) -> bytes:
    """Return the nonce of a chunk: every entry has a key of its own, so they count."""
    return index.to_bytes(12, "big")
