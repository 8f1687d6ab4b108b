"""The archive: every delivered file, as its bytes, encrypted, under a keyed address.

An entry's body is written once and never changed. Its address is the keyed hash of its
bytes, so the same bytes are one entry, and an entry under another's address is found
when it is read. Its receipt time is part of the body, sealed with it, so a rebuild
knows the same ``known_from`` as the first load. Each body has a data key of its own,
which lies beside it, sealed by the installation's wrapping key.
"""

import fcntl
import hashlib
import hmac
import os
import secrets
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from pipelines.access.keyring import Keyring
from pipelines.access.keyring_file import flush_folder
from pipelines.landing.archive_entry import (
    BODY,
    CHUNK_BYTES,
    RESTORE,
    TAG_BYTES,
    ArchiveError,
    Header,
    new_data_key,
    nonce,
    read_header,
    read_key,
    with_last,
    write_body,
    write_key,
)

ABANDONED_SECONDS = 3600
LOCK_FILE = "publishing.lock"


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
        self._keyring = keyring
        self._key = keyring.hash_key("archive")

    def keep(self, source: BinaryIO, header: Header | None = None) -> Entry:
        """Archive a file's bytes, or find them already archived.

        The entry is on disk, whole, when this returns. ``header`` is that of the entry
        whose place this one takes; it was received when the other was.
        """
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        partial = self._folder / f"{secrets.token_hex(8)}.part"
        partial.mkdir(mode=0o700)
        header, data_key = header or Header.new(), new_data_key()
        try:
            with (partial / BODY).open("xb") as target:
                digest = hmac.new(self._key, digestmod=hashlib.sha256)
                byte_count = write_body(source, target, header, data_key, digest)
                target.flush()
                os.fsync(target.fileno())
            address = digest.hexdigest()
            is_new = self._publish(partial, address, data_key)
        finally:
            shutil.rmtree(partial, ignore_errors=True)
        if not is_new:
            return self.entry(address)
        return Entry(address, byte_count, header.received_at)

    def sweep(self) -> int:
        """Remove what writers that were killed left half-written; return how many."""
        oldest = time.time() - ABANDONED_SECONDS
        swept = 0
        for partial in self._folder.glob("*.part"):
            with suppress(FileNotFoundError):  # another load sweeps, too
                if partial.stat().st_mtime < oldest:
                    shutil.rmtree(partial) if partial.is_dir() else partial.unlink()
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
        with self._open(address) as stored:
            header = read_header(stored)
            body = os.fstat(stored.fileno()).st_size - stored.tell()
        chunks = -(-body // (CHUNK_BYTES + TAG_BYTES))
        return Entry(address, body - chunks * TAG_BYTES, header.received_at)

    def header(self, address: str) -> Header:
        """Return what stands before an entry's chunks."""
        with self._open(address) as stored:
            return read_header(stored)

    def read(self, address: str) -> Iterator[bytes]:
        """Yield the file's bytes, a chunk at a time.

        Raises:
            ArchiveError: the entry is missing, cut, changed or another's; this may show
                only at the end.
            KeyringError: the keyring lacks the key that seals the entry's own.
        """
        digest = hmac.new(self._key, digestmod=hashlib.sha256)
        with self._open(address) as stored:
            header = read_header(stored)
            cipher = AESGCM(read_key(self.folder_of(address), address, self._keyring))
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

    def addresses(self) -> Iterator[str]:
        """Yield the address of every entry."""
        for folder in sorted(self._folder.glob("??/*")):
            yield folder.parent.name + folder.name

    def folder_of(self, address: str) -> Path:
        """Return where an entry's body and key lie."""
        return self._folder / address[:2] / address[2:]

    @contextmanager
    def publishing(self, *, alone: bool = False) -> Iterator[None]:
        """Hold what a rotation waits for: entries being sealed with the current key."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with (self._folder / LOCK_FILE).open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX if alone else fcntl.LOCK_SH)
            yield

    def _publish(self, partial: Path, address: str, data_key: bytes) -> bool:
        """Give a written entry its name; return whether nobody had it before.

        The data key is sealed now, with the key that is current now: a load may have
        begun before a rotation.
        """
        folder = self.folder_of(address)
        folder.parent.mkdir(exist_ok=True, mode=0o700)
        with self.publishing():
            write_key(partial, address, data_key, self._keyring.as_of_now())
            try:
                partial.rename(folder)
            except OSError:
                if not (folder / BODY).is_file():
                    raise
                return False
        for parent in (folder.parent, self._folder):
            flush_folder(parent)
        return True

    def _open(self, address: str) -> BinaryIO:
        body = self.folder_of(address) / BODY
        if not body.is_file():
            msg = f"no archive entry {address[:14]}…: {RESTORE}"
            raise ArchiveError(msg)
        return body.open("rb")


def _damaged(address: str) -> str:
    return f"archive entry {address[:14]}… was changed: {RESTORE}"
