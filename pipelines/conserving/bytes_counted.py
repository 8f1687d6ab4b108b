"""How many records a file's bytes hold, counted another way than the loader counts.

Nothing of the loader's reading is used: lines, quotes and messages are found by the
standard library's csv and by one pattern. Where quotes do not add up nobody can say
where a record ends without guessing, so such a file is not compared.
"""

import csv
import re
from collections.abc import Iterable, Iterator
from itertools import chain

from pipelines.sources.adapter import MESSAGES, UNPARTED

MARK = b"\xef\xbb\xbf"
START_BYTES = 1 << 20  # tell whether lines end as they did on old machines
# A record of more lines is one whose quote was never closed.
MOST_LINES = 1_000
MESSAGE = re.compile(rb"(?:\A|[\r\n\x0b])MSH")
# Before the first message: frames of MLLP and envelopes of files and batches.
ENVELOPE = re.compile(rb"[\x0b\x1c]|(?:\A|(?<=[\r\n]))(?:FHS|BHS|BTS|FTS)[^\r\n]*")
TAIL = 4  # bytes that a message's beginning may be cut into


def count_records(chunks: Iterable[bytes], delimiter: str) -> int | None:
    """Return how many records a file holds; None where its quotes do not add up."""
    if delimiter == MESSAGES:
        return _messages(chunks)
    lines = _lines(chunks)
    if delimiter == UNPARTED:
        return sum(bool(line.strip("\r\n")) for line in lines)
    return _delimited(lines, delimiter)


def _delimited(lines: Iterator[str], delimiter: str) -> int | None:
    """Return how many rows follow the header."""
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    found, line_number = 0, 0
    try:
        for row in reader:
            if reader.line_num - line_number > MOST_LINES:
                return None
            line_number = reader.line_num
            found += bool(row)
    except csv.Error:
        return None
    return max(found - 1, 0)


def _lines(chunks: Iterable[bytes]) -> Iterator[str]:
    """Yield lines; each byte is a character, as only their number matters."""
    pieces = iter(chunks)
    start = b""
    while len(start) < START_BYTES and (piece := next(pieces, None)) is not None:
        start += piece
    newline = b"\r" if b"\r" in start and b"\n" not in start else b"\n"
    left = b""
    for chunk in chain([start.removeprefix(MARK)], pieces):
        *whole, left = (left + chunk).split(newline)
        for line in whole:
            yield line.decode("latin-1") + "\n"
    if left:
        yield left.decode("latin-1")


def _messages(chunks: Iterable[bytes]) -> int:
    """Return how many messages there are; what stands before the first is one, too."""
    found, tail, before, is_first = 0, b"", b"", True
    for chunk in chunks:
        piece = chunk.removeprefix(MARK) if is_first else chunk
        content = tail + piece
        if not found:
            before += piece
        # A line's end before a message stays in the tail; what was counted does not.
        kept = 0 if is_first else len(tail)
        is_first = False
        found += sum(match.end() > kept for match in MESSAGE.finditer(content))
        tail = content[-TAIL + 1 :] if len(content) >= TAIL else content
    first = MESSAGE.search(before)
    outside = before[: first.start()] if first else before
    return found + bool(ENVELOPE.sub(b"", outside).strip())
