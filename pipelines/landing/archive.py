"""The archive: every delivered file, as its bytes, encrypted, under a keyed address.

An entry is written once and never changed. Its address is the keyed hash of its bytes,
so the same bytes are one entry, and an entry under another's address is found when it
is read. Its receipt time is part of the entry, sealed with it, so a rebuild knows the
same ``known_from`` as the first load.
"""

import hashlib
import hmac
import os
import secrets
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from pipelines.access.encryption import Keyring
from pipelines.landing.archive_entry import (
    MAGIC,
    ArchiveError,
    Header,
    nonce,
    read_header,
    with_last,
)

CHUNK_BYTES = 1 << 20
TAG_BYTES = 16
ABANDONED_SECONDS = 3600


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
        swept = 0
        for partial in self._folder.glob("*.part"):
            with suppress(FileNotFoundError):  # another load sweeps, too
                if partial.stat().st_mtime < oldest:
                    partial.unlink()
                    swept += 1
        return swept

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
            header = read_header(stored)
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
            header = read_header(stored)
            cipher = AESGCM(self._entry_key(header.salt))
            pieces = with_last(stored, CHUNK_BYTES + TAG_BYTES)
            for index, (sealed, is_last) in enumerate(pieces):
                place = header.place(is_last=is_last)
                try:
                    chunk = cipher.decrypt(nonce(index), sealed, place)
                except InvalidTag:
                    raise ArchiveError(_damaged(address)) from None
                digest.update(chunk)
                yield chunk
        if digest.hexdigest() != address:
            raise ArchiveError(_damaged(address))

    def _write(self, source: BinaryIO, target: BinaryIO) -> tuple[str, int, datetime]:
        digest = hmac.new(self._key, digestmod=hashlib.sha256)
        header = Header.new()
        target.write(MAGIC + header.line)
        cipher = AESGCM(self._entry_key(header.salt))
        byte_count = 0
        for index, (chunk, is_last) in enumerate(with_last(source, CHUNK_BYTES)):
            digest.update(chunk)
            byte_count += len(chunk)
            place = header.place(is_last=is_last)
            target.write(cipher.encrypt(nonce(index), chunk, place))
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


def _damaged(address: str) -> str:
    return f"archive entry {address[:14]}… was changed: restore it from a backup"


def _flush_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
