"""Splits a stretch whose quotes do not add up line by line, to refuse one record.

Slower than a scan of the whole, so it is used only where a scan found fault.
"""

import io

import numpy as np

from pipelines.landing.blocks import (
    CUT,
    LONGEST_RECORD_BYTES,
    MOST_LINES_OF_A_RECORD,
    UNBALANCED,
    Block,
    Refused,
)
from pipelines.landing.scanning import Scan

LINE_END = b"\n"
QUOTE = b'"'


class LineSplitter:
    """Takes whole records off a stretch; one that never closes is refused, alone."""

    def __init__(self, delimiter: int, first_line: int) -> None:
        self.line = first_line
        self._delimiter = delimiter
        self._refused: list[Refused] = []
        self._records: list[bytes] = []
        self._line_numbers: list[int] = []

    def split(self, content: bytes, *, is_last: bool) -> int:
        """Take whole records off the stretch; return how many bytes were taken."""
        lines = _lines(content)
        if not is_last and lines and not lines[-1].endswith(LINE_END):
            lines.pop()
        position = index = 0
        while index < len(lines):
            candidates = lines[index : index + MOST_LINES_OF_A_RECORD]
            taken = self._take(candidates)
            if taken is None:
                if not is_last and len(candidates) < MOST_LINES_OF_A_RECORD:
                    break  # the record may end in what is not read yet
                taken = self._refuse(lines[index], UNBALANCED)
            position += sum(map(len, lines[index : index + taken]))
            index += taken
            self.line += taken
        return position

    def block(self, field_count: int) -> Block:
        """Return what was taken."""
        scan = Scan(b"".join(self._records), self._delimiter)
        block = scan.block(field_count, np.array(self._line_numbers, dtype=np.int64))
        block.refused.extend(self._refused)
        block.refused.sort(key=lambda refused: refused.line_number)
        return block

    def _take(self, lines: list[bytes]) -> int | None:
        """Take the record that starts here; None: it does not end among the lines."""
        record, is_in_quotes = b"", False
        for count, line in enumerate(lines, start=1):
            record += line
            if QUOTE in line:
                scan = Scan(record, self._delimiter)
                if not scan.is_well_quoted():
                    return self._refuse(lines[0], UNBALANCED)
                is_in_quotes = scan.in_quotes_at_end
            if not is_in_quotes:
                self._accept(record)
                return count
        return None

    def _accept(self, record: bytes) -> None:
        if record.endswith(LINE_END):
            self._records.append(record)
            self._line_numbers.append(self.line)
        elif record.strip(b"\r"):
            self._refuse(record, CUT)

    def _refuse(self, line: bytes, reason: str) -> int:
        content = line.removesuffix(LINE_END)[:LONGEST_RECORD_BYTES]
        self._refused.append(Refused(self.line, content, reason))
        return 1


def _lines(content: bytes) -> list[bytes]:
    # bytes.splitlines would split at a carriage return, too.
    return io.BytesIO(content).readlines()
