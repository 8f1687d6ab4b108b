"""From archived chunks to plain text bytes: gzip is unpacked while it is read."""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

GZIP_MAGIC = b"\x1f\x8b"
MOST_BYTES_AT_ONCE = 4 << 20
# Zeros compress 1028 : 1; clinical CSV reaches some 30 : 1.
HIGHEST_RATIO = 200
RATIO_FREE_BYTES = 64 << 20

DAMAGED = "the gzip data is damaged: deliver the file again"
CUT = "the gzip file ends in the middle: deliver it again"
FOLLOWED = "something other than gzip data follows the end of the gzip file"
BOMB = f"the file unpacks to more than {HIGHEST_RATIO} times its size"


class UnpackingError(Exception):
    """A compressed file is cut, followed by something else, or a bomb."""


@dataclass(frozen=True)
class Damage:
    """What is wrong with a compressed file, and how many lines come before it."""

    problem: str
    line_count: int


def unpack(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """Yield the plain bytes of a file, whether it is gzip or not.

    Raises:
        UnpackingError: the message says what is wrong; what came before was yielded.
    """
    first = next(chunks, b"")
    everything = chain([first], chunks)
    yield from _unpack_gzip(everything) if is_packed(first) else everything


def is_packed(start: bytes) -> bool:
    """Return whether a file that starts so is gzip."""
    return start.startswith(GZIP_MAGIC)


def find_damage(chunks: Iterator[bytes]) -> Damage | None:
    """Unpack a compressed file to its end, keeping nothing; a plain one has no damage.

    Whether a gzip file is whole shows only at its end, and half a file may not land.
    """
    first = next(chunks, b"")
    if not is_packed(first):
        return None
    line_count = 0
    try:
        for plain in _unpack_gzip(chain([first], chunks)):
            line_count += plain.count(b"\n")
    except UnpackingError as problem:
        return Damage(str(problem), line_count)
    return None


def _unpack_gzip(chunks: Iterator[bytes]) -> Iterator[bytes]:
    member = _Member(is_first=True)
    packed_bytes = plain_bytes = 0
    for chunk in chunks:
        packed_bytes += len(chunk)
        rest = chunk
        while rest:
            if member.is_whole:
                member = _Member(is_first=False)
            plain, rest = member.unpack(rest)
            plain_bytes += len(plain)
            if plain_bytes > RATIO_FREE_BYTES + HIGHEST_RATIO * packed_bytes:
                raise UnpackingError(BOMB)
            if plain:
                yield plain
    if not member.is_whole:
        raise UnpackingError(CUT)


class _Member:
    """One of the gzip streams that a file may be made of."""

    def __init__(self, *, is_first: bool) -> None:
        self._unpacker = zlib.decompressobj(wbits=31)
        self._may_be_no_gzip = not is_first

    @property
    def is_whole(self) -> bool:
        return self._unpacker.eof

    def unpack(self, packed: bytes) -> tuple[bytes, bytes]:
        """Return plain bytes, not too many at once, and what is still packed."""
        try:
            plain = self._unpacker.decompress(packed, MOST_BYTES_AT_ONCE)
        except zlib.error:
            raise UnpackingError(
                FOLLOWED if self._may_be_no_gzip else DAMAGED
            ) from None
        self._may_be_no_gzip &= not plain
        return plain, self._unpacker.unused_data or self._unpacker.unconsumed_tail
