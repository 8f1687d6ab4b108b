"""How one entry of the archive is laid out: a header, then sealed chunks."""

import json
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import BinaryIO

MAGIC = b"EHRA2\n"
SALT_BYTES = 16


class ArchiveError(Exception):
    """An archive entry is missing or was changed."""


@dataclass(frozen=True)
class Header:
    """What stands before an entry's chunks, in clear and sealed with each of them."""

    line: bytes
    received_at: datetime
    salt: bytes

    @classmethod
    def new(cls) -> "Header":
        """Return the header of an entry that is received now."""
        received_at, salt = datetime.now(UTC), secrets.token_bytes(SALT_BYTES)
        content = {"received_at": received_at.isoformat(), "salt": salt.hex()}
        return cls(json.dumps(content).encode() + b"\n", received_at, salt)

    @classmethod
    def parse(cls, line: bytes) -> "Header":
        """Return the header that a line holds."""
        content = json.loads(line)
        received_at = datetime.fromisoformat(content["received_at"])
        return cls(line, received_at, bytes.fromhex(content["salt"]))

    def place(self, *, is_last: bool) -> bytes:
        """Return what a chunk is sealed with; only the last is sealed as the last."""
        return self.line + (b"last" if is_last else b"more")


def read_header(stored: BinaryIO) -> Header:
    """Read an entry's header.

    Raises:
        ArchiveError: the file does not begin as an entry.
    """
    is_entry = stored.read(len(MAGIC)) == MAGIC
    try:
        return Header.parse(stored.readline() if is_entry else b"")
    except (ValueError, KeyError):
        msg = "an archive entry does not begin as one: restore it from a backup"
        raise ArchiveError(msg) from None


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
