"""From archived chunks to plain text bytes: gzip is unpacked while it is read."""

import zlib
from collections.abc import Iterator

GZIP_MAGIC = b"\x1f\x8b"
# Zeros compress 1028 : 1; clinical CSV reaches some 30 : 1.
HIGHEST_RATIO = 200
RATIO_FREE_BYTES = 64 << 20


class UnpackingError(Exception):
    """A compressed file is cut, followed by something else, or a bomb."""


def unpack(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """Yield the plain bytes of a file, whether it is gzip or not.

    Raises:
        UnpackingError: the message says what is wrong; what came before was yielded.
    """
    first = next(chunks, b"")
    if not first.startswith(GZIP_MAGIC):
        if first:
            yield first
        yield from chunks
        return
    yield from _unpack_gzip(first, chunks)


def _unpack_gzip(first: bytes, chunks: Iterator[bytes]) -> Iterator[bytes]:
    unpacker = zlib.decompressobj(wbits=31)
    packed_bytes = plain_bytes = 0
    chunk: bytes | None = first
    while chunk is not None:
        packed_bytes += len(chunk)
        try:
            plain = unpacker.decompress(chunk)
        except zlib.error:
            msg = "the gzip data is damaged: deliver the file again"
            raise UnpackingError(msg) from None
        plain_bytes += len(plain)
        if plain_bytes > RATIO_FREE_BYTES + HIGHEST_RATIO * packed_bytes:
            msg = f"the file unpacks to more than {HIGHEST_RATIO} times its size"
            raise UnpackingError(msg)
        if plain:
            yield plain
        if unpacker.eof and unpacker.unused_data:
            if not unpacker.unused_data.startswith(GZIP_MAGIC):
                msg = "something other than gzip data follows the end of the gzip file"
                raise UnpackingError(msg)
            chunk, unpacker = unpacker.unused_data, zlib.decompressobj(wbits=31)
            packed_bytes -= len(chunk)
            continue
        chunk = next(chunks, None)
    if not unpacker.eof:
        msg = "the gzip file ends in the middle: deliver it again"
        raise UnpackingError(msg)
