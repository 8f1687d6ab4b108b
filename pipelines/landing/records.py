"""From bytes to records: what a delimited file really holds, before anything parses it.

polars alone reads UTF-16 as garbage, drops every row of a CR-only file, pads short rows
and accepts a last line that was cut. So records are found, counted and checked as bytes,
in blocks, with memory that does not grow with the file. A record that cannot be read is
refused alone, with its line, its bytes and a reason; the rest goes on.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

BLOCK_BYTES = 10 << 20
# Longer than any real record; a missing closing quote would else swallow the file.
LONGEST_RECORD_BYTES = 1 << 20
MOST_LINES_OF_A_RECORD = 200
NEWLINE, RETURN, QUOTE = 10, 13, 34
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
LOWEST_PRINTED = 32

NOT_TEXT = "not UTF-8 text"
CONTROL = "holds a control character"
UNBALANCED = "quotes are not balanced"
TOO_LONG = f"longer than {LONGEST_RECORD_BYTES >> 20} MiB"
CUT = "the last line has no line end and may be cut short"


class FileRefusedError(Exception):
    """A file that cannot be read as records at all."""


@dataclass(frozen=True)
class Refused:
    """One record refused whole: its line, its bytes, the reason."""

    line_number: int
    content: bytes
    reason: str


@dataclass(frozen=True)
class Block:
    """Records of one block: the readable ones as bytes, with their line numbers."""

    content: bytes
    line_numbers: np.ndarray
    refused: list[Refused] = field(default_factory=list)

    delimiter: int = ord(",")

    @property
    def record_count(self) -> int:
        """Return how many records the block's bytes held."""
        return len(self.line_numbers) + len(self.refused)

    def original(self, wanted: list[int]) -> dict[int, bytes]:
        """Return the bytes of readable records by their line numbers."""
        ends = _Scan(self.content, self.delimiter).ends
        starts = np.concatenate(([0], ends[:-1] + 1))
        positions = np.searchsorted(self.line_numbers, wanted)
        return {
            line: self.content[starts[position] : ends[position]]
            for line, position in zip(wanted, positions.tolist(), strict=True)
        }


class RecordReader:
    """Reads one delimited file: first ``header``, then ``blocks``.

    Raises:
        FileRefusedError: the file is UTF-16 or its header cannot be read.
    """

    def __init__(self, chunks: Iterator[bytes], delimiter: str = ",") -> None:
        self._chunks = chunks
        self._delimiter = ord(delimiter)
        self._is_cr_only = False
        self._is_at_end = False
        self._buffer = self._first_bytes()
        self._line = 1
        self.header = self._read_header()

    @property
    def is_empty(self) -> bool:
        """Return whether the file has no header, let alone records."""
        return not self.header

    def blocks(self) -> Iterator[Block]:
        """Yield the records, about ten megabytes at a time."""
        while True:
            self._fill(BLOCK_BYTES)
            if not self._buffer:
                return
            yield self._next_block()

    def count_rest(self) -> int:
        """Read to the end and return how many records there were."""
        return sum(block.record_count for block in self.blocks())

    def _first_bytes(self) -> bytearray:
        self._buffer = bytearray()
        self._fill(1 << 16)
        start = bytes(self._buffer[:4096])
        if start.startswith(UTF16_MARKS) or start.count(0) > len(start) // 4:
            msg = "the file is UTF-16, not UTF-8: export it as UTF-8"
            raise FileRefusedError(msg)
        if start.startswith(BYTE_ORDER_MARK):
            del self._buffer[: len(BYTE_ORDER_MARK)]
        if b"\r" in self._buffer and b"\n" not in self._buffer:
            self._is_cr_only = True
            self._buffer = self._buffer.replace(b"\r", b"\n")
        return self._buffer

    def _fill(self, size: int) -> None:
        while len(self._buffer) < size and not self._is_at_end:
            chunk = next(self._chunks, None)
            if chunk is None:
                self._is_at_end = True
            else:
                self._buffer += chunk.replace(b"\r", b"\n") if self._is_cr_only else chunk

    def _read_header(self) -> list[str]:
        while self._buffer[:1] in (b"\n", b"\r"):
            del self._buffer[0]
            self._line += 1
        end = self._buffer.find(b"\n")
        if end < 0 and not self._is_at_end:
            msg = "the first line is longer than 64 KiB: this is no table with a header"
            raise FileRefusedError(msg)
        line = bytes(self._buffer if end < 0 else self._buffer[:end])
        del self._buffer[: len(line) + 1]
        self._line += 1
        try:
            text = line.decode().strip("\r")
        except UnicodeDecodeError:
            msg = "the header is not UTF-8 text: export the file as UTF-8"
            raise FileRefusedError(msg) from None
        if not text.strip():
            return []
        names = [name.strip().strip('"').lower() for name in text.split(chr(self._delimiter))]
        if len(set(names)) < len(names):
            msg = "the header names a column twice: give each column a name of its own"
            raise FileRefusedError(msg)
        return names

    def _next_block(self) -> Block:
        scan = _Scan(bytes(self._buffer[:BLOCK_BYTES]), self._delimiter)
        is_last = self._is_at_end and len(self._buffer) <= BLOCK_BYTES
        if not scan.is_well_quoted or (not scan.ends.size and not is_last):
            return self._slow_block(is_last=is_last)
        consumed = int(scan.ends[-1]) + 1 if scan.ends.size else 0
        tail = bytes(self._buffer[consumed:]) if is_last else b""
        if len(tail) > LONGEST_RECORD_BYTES or (scan.in_quotes_at_end and tail):
            return self._slow_block(is_last=is_last)
        block = scan.block(len(self.header), self._line)
        self._line += int(scan.newlines_up_to(consumed))
        del self._buffer[: len(self._buffer) if is_last else consumed]
        if tail.strip(b"\r"):
            block.refused.append(Refused(self._line, tail, CUT))
        return block

    def _slow_block(self, *, is_last: bool) -> Block:
        """Take a block line by line: somewhere its quotes do not add up."""
        splitter = _LineSplitter(len(self.header), self._delimiter, self._line)
        content = bytes(self._buffer[:BLOCK_BYTES])
        consumed = splitter.split(content, is_last=is_last)
        del self._buffer[:consumed]
        self._line = splitter.line
        if not consumed:
            self._skip_giant(splitter)
        return splitter.block()

    def _skip_giant(self, splitter: "_LineSplitter") -> None:
        """Refuse one line longer than a block; keep its beginning, drop the rest."""
        beginning = bytes(self._buffer[:LONGEST_RECORD_BYTES])
        while (end := self._buffer.find(b"\n")) < 0 and not self._is_at_end:
            self._buffer.clear()
            self._fill(BLOCK_BYTES)
        del self._buffer[: len(self._buffer) if end < 0 else end + 1]
        splitter.refused.append(Refused(self._line, beginning, TOO_LONG))
        self._line += 1


class _Scan:
    """One block seen as arrays: where records end, and how many fields each has."""

    def __init__(self, content: bytes, delimiter: int) -> None:
        self._content = content
        self._bytes = np.frombuffer(content, dtype=np.uint8)
        self._delimiter = delimiter
        self.newlines = np.flatnonzero(self._bytes == NEWLINE)
        self._quotes = np.flatnonzero(self._bytes == QUOTE)
        self._separators = np.flatnonzero(self._bytes == delimiter)
        self.in_quotes_at_end = bool(len(self._quotes) % 2)
        self.is_well_quoted = self._check_quotes()
        self.ends = self._outside_quotes(self.newlines)

    def newlines_up_to(self, position: int) -> int:
        """Return how many line ends lie before a position."""
        return int(np.searchsorted(self.newlines, position))

    def block(self, field_count: int, first_line: int) -> Block:
        """Return the block's records, with those refused that cannot be read."""
        starts = np.concatenate(([0], self.ends[:-1] + 1)) if self.ends.size else self.ends
        separators = self._outside_quotes(self._separators)
        fields = 1 + np.diff(np.searchsorted(separators, self.ends), prepend=0)
        lines = first_line + np.searchsorted(self.newlines, starts)
        lengths = self.ends - starts
        is_blank = self._blank(starts, lengths)
        reasons = self._reasons(starts, lengths, fields, field_count)
        is_good = ~is_blank
        refused = []
        for index, reason in reasons.items():
            if not is_blank[index]:
                is_good[index] = False
                content = self._content[starts[index] : self.ends[index]]
                refused.append(
                    Refused(int(lines[index]), content[:LONGEST_RECORD_BYTES], reason)
                )
        content = self._joined(starts, is_good)
        return Block(content, lines[is_good], refused, self._delimiter)

    def _check_quotes(self) -> bool:
        """Return whether every quote opens or closes a field, or is doubled inside one."""
        if not self._quotes.size:
            return True
        opening, closing = self._quotes[0::2], self._quotes[1::2]
        before = np.where(opening > 0, self._bytes[np.maximum(opening - 1, 0)], NEWLINE)
        last = len(self._bytes) - 1
        after = np.where(
            closing < last, self._bytes[np.minimum(closing + 1, last)], NEWLINE
        )
        opens = (before == self._delimiter) | (before == NEWLINE) | (before == QUOTE)
        closes = (after == self._delimiter) | (after == NEWLINE)
        closes |= (after == RETURN) | (after == QUOTE)
        return bool(opens.all() and closes.all())

    def _outside_quotes(self, positions: np.ndarray) -> np.ndarray:
        if not self._quotes.size:
            return positions
        return positions[np.searchsorted(self._quotes, positions) % 2 == 0]

    def _blank(self, starts: np.ndarray, lengths: np.ndarray) -> np.ndarray:
        first = self._bytes[np.minimum(starts, len(self._bytes) - 1)]
        return (lengths == 0) | ((lengths == 1) & (first == RETURN))

    def _reasons(
        self,
        starts: np.ndarray,
        lengths: np.ndarray,
        fields: np.ndarray,
        field_count: int,
    ) -> dict[int, str]:
        reasons = {
            int(index): f"has {fields[index]} fields where the header has {field_count}"
            for index in np.flatnonzero(fields != field_count)
        }
        reasons |= {int(i): TOO_LONG for i in np.flatnonzero(lengths > LONGEST_RECORD_BYTES)}
        for position in self._control_positions():
            index = int(np.searchsorted(self.ends, position))
            if index < len(self.ends):
                reasons[index] = CONTROL
        return reasons | self._not_text(starts)

    def _control_positions(self) -> np.ndarray:
        """Return where control characters are: below 32, but tab, line end and CR LF."""
        is_low = self._bytes < LOWEST_PRINTED
        is_low &= (self._bytes != NEWLINE) & (self._bytes != ord("\t"))
        positions = np.flatnonzero(is_low)
        following = self._bytes[np.minimum(positions + 1, len(self._bytes) - 1)]
        return positions[
            ~((self._bytes[positions] == RETURN) & (following == NEWLINE))
        ]

    def _not_text(self, starts: np.ndarray) -> dict[int, str]:
        try:
            self._content.decode()
        except UnicodeDecodeError:
            return {
                index: NOT_TEXT
                for index, (start, end) in enumerate(
                    zip(starts.tolist(), self.ends.tolist(), strict=True)
                )
                if not _is_text(self._content[start:end])
            }
        return {}

    def _joined(self, starts: np.ndarray, is_good: np.ndarray) -> bytes:
        if is_good.all():
            return self._content[: int(self.ends[-1]) + 1] if self.ends.size else b""
        pairs = zip(starts[is_good].tolist(), self.ends[is_good].tolist(), strict=True)
        return b"".join(self._content[start : end + 1] for start, end in pairs)


class _LineSplitter:
    """Splits a badly quoted block: a record that never closes is refused, alone."""

    def __init__(self, field_count: int, delimiter: int, first_line: int) -> None:
        self.line = first_line
        self.refused: list[Refused] = []
        self._field_count = field_count
        self._delimiter = delimiter
        self._good: list[bytes] = []
        self._lines: list[int] = []

    def split(self, content: bytes, *, is_last: bool) -> int:
        """Take whole records off the block; return how many bytes were taken."""
        *whole, rest = content.split(b"\n")
        lines = [line + b"\n" for line in whole] + ([rest] if rest else [])
        position = index = 0
        while index < len(lines):
            candidates = lines[index : index + MOST_LINES_OF_A_RECORD]
            taken = self._take(candidates, is_last=is_last)
            is_unfinished = taken is None and not is_last and (
                len(lines) - index < MOST_LINES_OF_A_RECORD
            )
            if is_unfinished:
                break
            taken = taken or self._refuse(lines[index], UNBALANCED)
            position += sum(len(line) for line in lines[index : index + taken])
            index += taken
            self.line += taken
        return position

    def block(self) -> Block:
        """Return what was taken."""
        lines = np.array(self._lines, dtype=np.int64)
        return Block(b"".join(self._good), lines, self.refused, self._delimiter)

    def _take(self, lines: list[bytes], *, is_last: bool) -> int | None:
        """Take the record that starts here; None: it does not end among the lines."""
        record = b""
        for count, line in enumerate(lines, start=1):
            record += line
            if not line.endswith(b"\n") and not is_last:
                return None
            scan = _Scan(record, self._delimiter)
            if not scan.is_well_quoted:
                return self._refuse(lines[0], UNBALANCED)
            if not scan.in_quotes_at_end:
                self._accept(record)
                return count
        return None

    def _accept(self, record: bytes) -> None:
        if not record.strip(b"\r\n"):
            return
        if not record.endswith(b"\n"):
            self._refuse(record, CUT)
            return
        checked = _Scan(record, self._delimiter).block(self._field_count, self.line)
        self.refused.extend(checked.refused)
        if len(checked.line_numbers):
            self._good.append(record)
            self._lines.append(self.line)

    def _refuse(self, line: bytes, reason: str) -> int:
        content = line.rstrip(b"\n")[:LONGEST_RECORD_BYTES]
        self.refused.append(Refused(self.line, content, reason))
        return 1


def _is_text(content: bytes) -> bool:
    try:
        content.decode()
    except UnicodeDecodeError:
        return False
    return True
