"""The archive: every delivered file, as its bytes, encrypted, under a keyed address.

An entry is written once and never changed. Its address is the keyed hash of its bytes, so
the same bytes are one entry, and an entry under another's address is found when it is
read. Its receipt time is part of the entry, sealed with it, so a rebuild knows the same
``known_from`` as the first load.
"""

import hashlib
import hmac
import json
import os
import secrets
import time
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
MAGIC = b"EHRA2\n"
ABANDONED_SECONDS = 3600


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
            is_new = self._publish(partial, self._path(address))
        finally:
            partial.unlink(missing_ok=True)
        if not is_new:
            return self.entry(address)
        return Entry(address, byte_count, received_at)

    def sweep(self) -> int:
        """Remove what writers that were killed left half-written; return how many."""
        oldest = time.time() - ABANDONED_SECONDS
        left = [
            partial
            for partial in self._folder.glob("*.part")
            if partial.stat().st_mtime < oldest
        ]
        for partial in left:
            partial.unlink(missing_ok=True)
        return len(left)

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
            header = _read_header(stored)
            body = path.stat().st_size - stored.tell()
        chunks = -(-body // (CHUNK_BYTES + TAG_BYTES))
        return Entry(address, body - chunks * TAG_BYTES, header.received_at)

    def read(self, address: str) -> Iterator[bytes]:
        """Yield the file's bytes, a chunk at a time.

        Raises:
            ArchiveError: the entry is missing, cut, changed or another's; this may show
                only at the end.
        """
        digest = hmac.new(self._key, digestmod=hashlib.sha256)
        with self._open(self._path(address)) as stored:
            header = _read_header(stored)
            cipher = AESGCM(self._entry_key(header.salt))
            pieces = _with_last(stored, CHUNK_BYTES + TAG_BYTES)
            for index, (sealed, is_last) in enumerate(pieces):
                seal = header.line + _place(is_last=is_last)
                try:
                    chunk = cipher.decrypt(_nonce(index), sealed, seal)
                except InvalidTag:
                    raise ArchiveError(_damaged(address)) from None
                digest.update(chunk)
                yield chunk
        if digest.hexdigest() != address:
            raise ArchiveError(_damaged(address))

    def _write(self, source: BinaryIO, target: BinaryIO) -> tuple[str, int, datetime]:
        digest = hmac.new(self._key, digestmod=hashlib.sha256)
        header = _Header.new()
        target.write(MAGIC + header.line)
        cipher = AESGCM(self._entry_key(header.salt))
        byte_count = 0
        for index, (chunk, is_last) in enumerate(_with_last(source, CHUNK_BYTES)):
            digest.update(chunk)
            byte_count += len(chunk)
            seal = header.line + _place(is_last=is_last)
            target.write(cipher.encrypt(_nonce(index), chunk, seal))
        return digest.hexdigest(), byte_count, header.received_at

    def _publish(self, partial: Path, path: Path) -> bool:
        """Give a written entry its name; return whether nobody had it before."""
        path.parent.mkdir(exist_ok=True, mode=0o700)
        try:
            path.hardlink_to(partial)
        except FileExistsError:
            return False
        for folder in (path.parent, self._folder):
            _flush_folder(folder)
        return True

    def _entry_key(self, salt: bytes) -> bytes:
        return hmac.digest(self._key, b"entry" + salt, "sha256")

    def _path(self, address: str) -> Path:
        return self._folder / address[:2] / address[2:]

    def _open(self, path: Path) -> BinaryIO:
        if not path.is_file():
            msg = f"no archive entry {path.name[:12]}…: restore the archive folder"
            raise ArchiveError(msg)
        return path.open("rb")


@dataclass(frozen=True)
class _Header:
    """What stands before an entry's chunks, in clear and sealed with each of them."""

    line: bytes
    received_at: datetime
    salt: bytes

    @classmethod
    def new(cls) -> "_Header":
        received_at, salt = datetime.now(UTC), secrets.token_bytes(SALT_BYTES)
        content = {"received_at": received_at.isoformat(), "salt": salt.hex()}
        return cls(json.dumps(content).encode() + b"\n", received_at, salt)

    @classmethod
    def parse(cls, line: bytes) -> "_Header":
        content = json.loads(line)
        received_at = datetime.fromisoformat(content["received_at"])
        return cls(line, received_at, bytes.fromhex(content["salt"]))


def _read_header(stored: BinaryIO) -> _Header:
    is_entry = stored.read(len(MAGIC)) == MAGIC
    try:
        return _Header.parse(stored.readline() if is_entry else b"")
    except (ValueError, KeyError):
        msg = "an archive entry does not begin as one: restore it from a backup"
        raise ArchiveError(msg) from None


def _with_last(source: BinaryIO, size: int) -> Iterator[tuple[bytes, bool]]:
    """Yield pieces of a stream, at least one, and whether each is the last."""
    piece = source.read(size)
    is_last = False
    while not is_last:
        following = source.read(size)
        is_last = not following
        yield piece, is_last
        piece = following


def _damaged(address: str) -> str:
    return f"archive entry {address[:14]}… was changed: restore it from a backup"


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
