"""The archive: every delivered file, as its bytes, encrypted, under a keyed address.

An entry is written once and never changed. Its address is the keyed hash of its bytes, so
the same bytes are one entry; its receipt time is part of the entry, so a rebuild knows
the same ``known_from`` as the first load.
"""

import hashlib
import hmac
import json
import os
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from pipelines.access.encryption import Keyring

CHUNK_BYTES = 1 << 20
TAG_BYTES = 16
SALT_BYTES = 16
MAGIC = b"EHRA1\n"


class ArchiveError(Exception):
    """An archive entry is missing or was changed."""


@dataclass(frozen=True)
class Entry:
    """One archived file."""

    address: str
    byte_count: int
    received_at: datetime


class Archive:
    """The archive of one installation."""

    def __init__(self, folder: Path, keyring: Keyring) -> None:
        self._folder = folder
        self._key = keyring.hash_key("archive")

    def keep(self, source: BinaryIO) -> Entry:
        """Archive a file's bytes, or find them already archived.

        The entry is on disk, whole, when this returns.
        """
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        partial = self._folder / f"{secrets.token_hex(8)}.part"
        try:
            with partial.open("xb") as target:
                address, byte_count, received_at = self._write(source, target)
                target.flush()
                os.fsync(target.fileno())
            path = self._path(address)
            if path.exists():
                return self.entry(address)
            path.parent.mkdir(exist_ok=True, mode=0o700)
            partial.rename(path)
            _flush_folder(path.parent)
        finally:
            partial.unlink(missing_ok=True)
        return Entry(address, byte_count, received_at)

    def look_up(self, source: BinaryIO, received_at: datetime) -> Entry:
        """Return the entry that ``keep`` would give, and archive nothing."""
        digest = hmac.new(self._key, digestmod=hashlib.sha256)
        byte_count = 0
        while chunk := source.read(CHUNK_BYTES):
            digest.update(chunk)
            byte_count += len(chunk)
        return Entry(digest.hexdigest(), byte_count, received_at)

    def entry(self, address: str) -> Entry:
        """Return what the archive knows of one address."""
        path = self._path(address)
        with self._open(path) as stored:
            received_at, _ = _read_header(stored)
            body = path.stat().st_size - stored.tell()
        chunks = -(-body // (CHUNK_BYTES + TAG_BYTES))
        return Entry(address, body - chunks * TAG_BYTES, received_at)

    def read(self, address: str) -> Iterator[bytes]:
        """Yield the file's bytes, a chunk at a time.

        Raises:
            ArchiveError: the entry is missing, cut or changed.
        """
        with self._open(self._path(address)) as stored:
            _, salt = _read_header(stored)
            cipher = AESGCM(self._entry_key(salt))
            index = 0
            chunk = stored.read(CHUNK_BYTES + TAG_BYTES)
            while chunk:
                following = stored.read(CHUNK_BYTES + TAG_BYTES)
                place = _place(is_last=not following)
                try:
                    yield cipher.decrypt(_nonce(index), chunk, place)
                except InvalidTag as problem:
                    raise ArchiveError(self._damaged(address)) from problem
                chunk, index = following, index + 1

    def _write(self, source: BinaryIO, target: BinaryIO) -> tuple[str, int, datetime]:
        digest = hmac.new(self._key, digestmod=hashlib.sha256)
        received_at = datetime.now(UTC)
        salt = secrets.token_bytes(SALT_BYTES)
        header = {"received_at": received_at.isoformat(), "salt": salt.hex()}
        target.write(MAGIC + json.dumps(header).encode() + b"\n")
        cipher = AESGCM(self._entry_key(salt))
        byte_count = index = 0
        chunk = source.read(CHUNK_BYTES)
        while chunk:
            following = source.read(CHUNK_BYTES)
            digest.update(chunk)
            byte_count += len(chunk)
            place = _place(is_last=not following)
            target.write(cipher.encrypt(_nonce(index), chunk, place))
            chunk, index = following, index + 1
        return digest.hexdigest(), byte_count, received_at

    def _entry_key(self, salt: bytes) -> bytes:
        return hmac.digest(self._key, b"entry" + salt, "sha256")

    def _path(self, address: str) -> Path:
        return self._folder / address[:2] / address[2:]

    def _open(self, path: Path) -> BinaryIO:
        if not path.is_file():
            msg = f"no archive entry {path.name[:12]}…: restore the archive folder"
            raise ArchiveError(msg)
        return path.open("rb")

    @staticmethod
    def _damaged(address: str) -> str:
        return f"archive entry {address[:14]}… was changed: restore it from a backup"


def _read_header(stored: BinaryIO) -> tuple[datetime, bytes]:
    if stored.read(len(MAGIC)) != MAGIC:
        msg = "an archive entry does not begin as one: restore it from a backup"
        raise ArchiveError(msg)
    header = json.loads(stored.readline())
    return datetime.fromisoformat(header["received_at"]), bytes.fromhex(header["salt"])


def _nonce(index: int) -> bytes:
    # Every entry has a key of its own, so counting never repeats a nonce.
    return index.to_bytes(12, "big")


def _place(*, is_last: bool) -> bytes:
    # A cut entry ends with a chunk that was not sealed as the last one.
    return b"last" if is_last else b"more"


def _flush_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
