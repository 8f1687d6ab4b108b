"""One sealed file of a backup: a header, then compressed and encrypted chunks.

Every chunk is bound to the header, to what the file is for, and to its position; the
last one also to the count of chunks and bytes. So a byte that was changed, a chunk that
was moved, a tail that was cut and a file under another's name are all found.
"""

import hashlib
import hmac
import io
import json
import secrets
import zlib
from dataclasses import dataclass
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from pipelines.backup.holders import Opener, Wrapped

MAGIC = b"EHRB1\n"
LONGEST_HEADER = 1 << 16
CHUNK_BYTES = 1 << 20
TAG_BYTES = 16
SALT_BYTES = 16
# The fastest level: relation files and WAL shrink to a third with it.
COMPRESSION = 1


class DamageError(Exception):
    """A file of a backup is missing, cut, changed or another's."""


@dataclass(frozen=True)
class Sealed:
    """What a sealed file holds and how it looks from outside."""

    byte_count: int
    digest: str
    sealed_byte_count: int
    sealed_digest: str


class SealedWriter(io.RawIOBase):
    """Compresses and encrypts what is written to it; ``finish`` tells what it was."""

    def __init__(self, target: BinaryIO, key: Wrapped, label: str) -> None:
        super().__init__()
        self._target = target
        header, self._cipher, self._place = _begin(key, label)
        self._compressor = zlib.compressobj(COMPRESSION)
        self._buffer = bytearray()
        self._index = self._sealed_bytes = self._bytes = self._packed_bytes = 0
        self._digest, self._sealed_digest = hashlib.sha256(), hashlib.sha256()
        self._put(header)

    def writable(self) -> bool:
        """Return true: that is what it is for."""
        return True

    def write(self, data: bytes) -> int:  # type: ignore[override]
        """Take the next bytes."""
        self._bytes += len(data)
        self._digest.update(data)
        self._buffer += self._compressor.compress(data)
        while len(self._buffer) > CHUNK_BYTES:
            self._seal(bytes(self._buffer[:CHUNK_BYTES]))
            del self._buffer[:CHUNK_BYTES]
        return len(data)

    def finish(self) -> Sealed:
        """Write what is left, sealed as the last."""
        self._buffer += self._compressor.flush()
        while len(self._buffer) > CHUNK_BYTES:
            self._seal(bytes(self._buffer[:CHUNK_BYTES]))
            del self._buffer[:CHUNK_BYTES]
        self._seal(bytes(self._buffer), is_last=True)
        return Sealed(
            self._bytes,
            self._digest.hexdigest(),
            self._sealed_bytes,
            self._sealed_digest.hexdigest(),
        )

    def _seal(self, packed: bytes, *, is_last: bool = False) -> None:
        self._packed_bytes += len(packed)
        end = _end(self._index, self._packed_bytes, is_last=is_last)
        self._put(self._cipher.encrypt(_nonce(self._index), packed, self._place + end))
        self._index += 1

    def _put(self, sealed: bytes) -> None:
        self._target.write(sealed)
        self._sealed_bytes += len(sealed)
        self._sealed_digest.update(sealed)


class SealedReader(io.RawIOBase):
    """Gives what was sealed, chunk by chunk; damage may show only at the end."""

    def __init__(self, source: BinaryIO, opener: Opener, label: str) -> None:
        super().__init__()
        self._source = source
        self._label = label
        self._digest, self._sealed_digest = hashlib.sha256(), hashlib.sha256()
        self._index = self._sealed_bytes = self._bytes = self._packed_bytes = 0
        self._decompressor = zlib.decompressobj()
        self._ready = memoryview(b"")
        self._cipher, self._place = self._open(opener)
        self._following = self._take(CHUNK_BYTES + TAG_BYTES)
        self._is_over = False

    def readable(self) -> bool:
        """Return true: that is what it is for."""
        return True

    def readinto(self, target: bytearray) -> int:  # type: ignore[override]
        """Fill ``target`` with the next bytes; 0 at the checked end.

        Raises:
            DamageError: the file is not what was sealed.
        """
        while not self._ready and not self._is_over:
            # Empty pages are packed a hundredfold: what is left is not copied again.
            self._ready = memoryview(self._next_plain())
        count = min(len(target), len(self._ready))
        target[:count] = self._ready[:count]
        self._ready = self._ready[count:]
        return count

    def sealed(self) -> Sealed:
        """Read what is left and tell what the whole file is.

        Raises:
            DamageError: the file is not what was sealed.
        """
        while not self._is_over:
            self._next_plain()
        self._ready = memoryview(b"")
        return Sealed(
            self._bytes,
            self._digest.hexdigest(),
            self._sealed_bytes,
            self._sealed_digest.hexdigest(),
        )

    def _open(self, opener: Opener) -> tuple[AESGCM, bytes]:
        is_ours = self._take(len(MAGIC)) == MAGIC
        line = self._source.readline(LONGEST_HEADER) if is_ours else b""
        self._account(line)
        try:
            header = json.loads(line)
            key = opener.open(header["sealed_to"])
            salt = bytes.fromhex(header["salt"])
        except (ValueError, KeyError, TypeError, AttributeError):
            raise DamageError(_damaged("does not begin as one")) from None
        return _cipher(key, salt, self._label), _place(line, self._label)

    def _next_plain(self) -> bytes:
        sealed, self._following = self._following, self._take(CHUNK_BYTES + TAG_BYTES)
        self._is_over = not self._following
        self._packed_bytes += max(len(sealed) - TAG_BYTES, 0)
        end = _end(self._index, self._packed_bytes, is_last=self._is_over)
        try:
            packed = self._cipher.decrypt(
                _nonce(self._index), sealed, self._place + end
            )
            plain = self._decompressor.decompress(packed)
        except (InvalidTag, ValueError, zlib.error):
            raise DamageError(_damaged("was changed or cut")) from None
        self._index += 1
        self._bytes += len(plain)
        self._digest.update(plain)
        return plain

    def _take(self, size: int) -> bytes:
        taken = self._source.read(size)
        self._account(taken)
        return taken

    def _account(self, taken: bytes) -> None:
        self._sealed_bytes += len(taken)
        self._sealed_digest.update(taken)


def _begin(key: Wrapped, label: str) -> tuple[bytes, AESGCM, bytes]:
    salt = secrets.token_bytes(SALT_BYTES)
    line = json.dumps({"salt": salt.hex(), "sealed_to": key.sealed_to}).encode() + b"\n"
    return MAGIC + line, _cipher(key.data_key, salt, label), _place(line, label)


def _cipher(data_key: bytes, salt: bytes, label: str) -> AESGCM:
    """Return the cipher of one file: the data key of a backup never seals itself."""
    return AESGCM(hmac.digest(data_key, salt + label.encode(), "sha256"))


def _place(header: bytes, label: str) -> bytes:
    return hashlib.sha256(MAGIC + header).digest() + label.encode()


def _end(index: int, packed_bytes: int, *, is_last: bool) -> bytes:
    return f"|last {index + 1} {packed_bytes}".encode() if is_last else b"|more"


def _nonce(index: int) -> bytes:
    """Return the nonce of a chunk: every file has a key of its own, so they count."""
    return index.to_bytes(12, "big")


def _damaged(how: str) -> str:
    return f"a file of the backup {how}: take another backup"
