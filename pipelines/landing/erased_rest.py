"""The bytes of a file without some of its lines: each becomes an empty one.

So every other record keeps its line number, and the books go on pointing to it.
"""

import zlib
from collections.abc import Iterator
from itertools import chain

from pipelines.landing.erased import Chunks, Dropped
from pipelines.landing.records import LONGEST_HEADER_BYTES
from pipelines.landing.unpacking import is_packed, unpack

# The same rest is the same bytes: neither time nor name go into the packed file.
GZIP = 31


class Stream:
    """Reads chunks as a file is read."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks = chunks
        self._left = bytearray()

    def read(self, size: int) -> bytes:
        """Return so many bytes, fewer only at the end."""
        while len(self._left) < size:
            chunk = next(self._chunks, None)
            if chunk is None:
                break
            self._left += chunk
        piece = bytes(self._left[:size])
        del self._left[:size]
        return piece


def rest_of(chunks: Chunks, dropped: Dropped) -> Stream:
    """Return a file without the lines that go, packed if it was."""
    first = next(chunks(), b"")
    rest = _without_lines(unpack(chunks()), dropped)
    return Stream(_packed(rest) if is_packed(first) else rest)


def _without_lines(plain: Iterator[bytes], dropped: Dropped) -> Iterator[bytes]:
    start = bytearray()
    for chunk in plain:
        start += chunk
        if len(start) >= LONGEST_HEADER_BYTES:
            break
    newline = b"\r" if b"\r" in start and b"\n" not in start else b"\n"
    spans = iter(dropped.spans)
    first, end = next(spans, (None, None))
    number, left = 1, b""
    for chunk in chain([bytes(start)], plain):
        *lines, left = (left + chunk).split(newline)
        kept = []
        for line in lines:
            while first is not None and end is not None and number >= end:
                first, end = next(spans, (None, None))
            is_gone = first is not None and number >= first
            kept.append(b"" if is_gone else line)
            number += 1
        if lines:
            yield newline.join(kept) + newline
    if left and not dropped.holds(number):
        yield left


def _packed(plain: Iterator[bytes]) -> Iterator[bytes]:
    packer = zlib.compressobj(wbits=GZIP)
    for chunk in plain:
        yield packer.compress(chunk)
    yield packer.flush()
