"""Messages of HL7 v2 as records: found as bytes, whatever ends their lines.

A message begins with MSH at the start of a line and goes on to the next one. It becomes
one line whose segments end in CR, which is how the standard has them; its number is
that of its MSH. Envelopes of batches and of MLLP are passed over. What comes before the
first message, or cannot be read as text, is refused alone.
"""

import re
from collections.abc import Iterator

import numpy as np

from pipelines.landing.blocks import (
    CONTROL,
    LONGEST_RECORD_BYTES,
    NOT_TEXT,
    TOO_LONG,
    Block,
    Refused,
)
from pipelines.sources.adapter import UNPARTED, WHOLE_LINE

LINE_END = re.compile(rb"\r\n|\r|\n")
BEGIN = b"MSH"
BEFORE_BEGIN = b"\r\n\x0b"  # what ends a line, or starts a message in MLLP
# Start and end of a message in MLLP; file and batch headers and trailers.
FRAME = b"\x0b\x1c"
ENVELOPE = (b"FHS", b"BHS", b"BTS", b"FTS")
CONTROLS = bytes({*range(0x20)} - {*b"\t\n\r", *FRAME})
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
OUTSIDE = "belongs to no message: it stands before the first MSH"
# MSH-18 of messages in Latin letters of one byte each.
LATIN = re.compile(rb"8859[/-]1\b")
# The first block is small, so that PostgreSQL has something to write while the next is
# read; then each is twice as long as the one before.
FIRST_BLOCK_BYTES, BLOCK_BYTES = 3 << 20, 10 << 20


class MessageReader:
    """Reads one file of messages: ``header``, then ``blocks``, like other readers."""

    header = (WHOLE_LINE,)
    is_empty = False

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks = chunks
        self._line = 1

    def blocks(self) -> Iterator[Block]:
        """Yield the messages, up to about ten megabytes at a time."""
        content, is_first, wanted = b"", True, min(FIRST_BLOCK_BYTES, BLOCK_BYTES)
        for chunk in self._chunks:
            content += chunk
            if is_first:
                content = content.removeprefix(BYTE_ORDER_MARK)
            cut = _last_begin(content) if len(content) >= wanted else 0
            if cut:
                yield self._block(content[:cut])
                content, is_first = content[cut:], False
                wanted = min(2 * wanted, BLOCK_BYTES)
        if content:
            yield self._block(content)

    def count_rest(self) -> int:
        """Return how many messages there are."""
        return sum(block.record_count for block in self.blocks())

    def _block(self, content: bytes) -> Block:
        """Return the messages of a stretch that ends where a message ends."""
        starts = list(_begins(content))
        ends = [*starts[1:], len(content)]
        outside = content[: starts[0] if starts else None]
        refused = _outside(outside, self._line)
        self._line += _lines_ended(outside)
        lines: list[int] = []
        messages: list[bytes] = []
        for start, end in zip(starts, ends, strict=False):
            delivered = content[start:end]
            found = _message(delivered)
            if isinstance(found, str):
                kept = delivered[:LONGEST_RECORD_BYTES]
                refused.append(Refused(self._line, kept, found))
            else:
                lines.append(self._line)
                messages.append(found)
            self._line += _lines_ended(delivered)
        return _joined(lines, messages, refused)


def _begins(content: bytes) -> Iterator[int]:
    """Yield where messages begin; bytes are searched five times as fast as patterns."""
    place = content.find(BEGIN)
    while place >= 0:
        if place == 0 or content[place - 1] in BEFORE_BEGIN:
            yield place
        place = content.find(BEGIN, place + 1)


def _last_begin(content: bytes) -> int:
    """Return where the last message begins, which may not be whole yet."""
    place = content.rfind(BEGIN)
    while place > 0 and content[place - 1] not in BEFORE_BEGIN:
        place = content.rfind(BEGIN, 0, place)
    return max(place, 0)


def _lines_ended(content: bytes) -> int:
    feeds, returns = content.count(b"\n"), content.count(b"\r")
    # Most files have one of them alone, and finding pairs takes the longest.
    return feeds + returns - (content.count(b"\r\n") if feeds and returns else 0)


def _message(content: bytes) -> bytes | str:
    """Return a message with CR after each segment, or why it cannot be read."""
    segments = _segments(content)
    joined = b"\r".join(segments)
    if len(joined) > LONGEST_RECORD_BYTES:
        return TOO_LONG
    if len(joined.translate(None, CONTROLS)) < len(joined):
        return CONTROL
    if joined.isascii():
        return joined
    try:
        joined.decode()
    except UnicodeDecodeError:
        if not LATIN.search(segments[0]):
            return NOT_TEXT
        joined = joined.decode("latin-1").encode()
    return joined


def _segments(content: bytes) -> list[bytes]:
    """Return the lines that hold anything, without what only encloses messages."""
    content = content.translate(None, FRAME).replace(b"\n", b"\r")
    return [
        line
        for line in content.split(b"\r")
        if line and not (line.startswith(ENVELOPE) and not line[3:4].isalnum())
    ]


def _outside(content: bytes, line: int) -> list[Refused]:
    """Refuse what stands before the first message, unless it is an envelope."""
    is_envelope = not b"".join(_segments(content)).strip()
    return (
        [] if is_envelope else [Refused(line, content[:LONGEST_RECORD_BYTES], OUTSIDE)]
    )


def _joined(lines: list[int], messages: list[bytes], refused: list[Refused]) -> Block:
    content = b"".join(each + b"\n" for each in messages)
    ends = np.cumsum([len(each) + 1 for each in messages], dtype=np.int64) - 1
    return Block(content, np.array(lines, dtype=np.int64), ends, ord(UNPARTED), refused)
