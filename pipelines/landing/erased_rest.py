"""The bytes of a file without some of its lines: each becomes an empty one.

So every other record keeps its line number, and the books go on pointing to it.
"""

import sys
import zlib
from collections.abc import Iterator
from itertools import chain

from pipelines.landing.erased import Chunks, Dropped
from pipelines.landing.messages import LINE_END
from pipelines.landing.records import LONGEST_HEADER_BYTES
from pipelines.landing.unpacking import is_packed, unpack

# The same rest is the same bytes: neither time nor name go into the packed file.
GZIP = 31
NOWHERE = (sys.maxsize, None)


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
    without = _without_messages if dropped.is_of_messages else _without_lines
    rest = without(unpack(chunks()), dropped)
    return Stream(_packed(rest) if is_packed(first) else rest)


def _without_lines(plain: Iterator[bytes], dropped: Dropped) -> Iterator[bytes]:
    start = bytearray()
    for chunk in plain:
        start += chunk
        if len(start) >= LONGEST_HEADER_BYTES:
            break
    newline = b"\r" if b"\r" in start and b"\n" not in start else b"\n"
    is_gone = _Spans(dropped)
    number, left = 1, b""
    for chunk in chain([bytes(start)], plain):
        *lines, left = (left + chunk).split(newline)
        kept = [
            b"" if is_gone.at(at) else line for at, line in enumerate(lines, number)
        ]
        number += len(lines)
        if lines:
            yield newline.join(kept) + newline
    if left and not is_gone.at(number):
        yield left


def _without_messages(plain: Iterator[bytes], dropped: Dropped) -> Iterator[bytes]:
    """Leave out messages; each of their lines keeps its end."""
    is_gone = _Spans(dropped)
    content, start = b"".join(plain), 0
    for number, end in enumerate(LINE_END.finditer(content), start=1):
        yield end[0] if is_gone.at(number) else content[start : end.end()]
        start = end.end()
    if start < len(content) and not is_gone.at(content_lines(content)):
        yield content[start:]


def content_lines(content: bytes) -> int:
    """Return the number of the last line, which nothing ends."""
    return 1 + len(LINE_END.findall(content))


class _Spans:
    """Tells, line after line, whether a line goes."""

    def __init__(self, dropped: Dropped) -> None:
        self._coming = iter(dropped.empty_lines)
        self._first, self._end = next(self._coming, NOWHERE)

    def at(self, line: int) -> bool:
        """Return whether a line goes; lines are asked for in their order."""
        while self._end is not None and line >= self._end:
            self._first, self._end = next(self._coming, NOWHERE)
        return line >= self._first


def _packed(plain: Iterator[bytes]) -> Iterator[bytes]:
    packer = zlib.compressobj(wbits=GZIP)
    for chunk in plain:
        yield packer.compress(chunk)
    yield packer.flush()
