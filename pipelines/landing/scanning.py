"""A stretch of a file seen as arrays: where records end, and which can be read."""

import numpy as np

from pipelines.landing.blocks import (
    CONTROL,
    LONGEST_RECORD_BYTES,
    MOST_LINES_OF_A_RECORD,
    NOT_TEXT,
    TOO_LONG,
    Block,
    Refused,
)

TAB, NEWLINE, RETURN, QUOTE = 9, 10, 13, 34
LOWEST_PRINTED = 32
NO_POSITIONS = np.zeros(0, dtype=np.int64)


class Scan:
    """One stretch that begins where a record begins."""

    def __init__(
        self, content: bytes, delimiter: int, *, is_quoted: bool = True
    ) -> None:
        self._content = content
        self._bytes = np.frombuffer(content, dtype=np.uint8)
        self._delimiter = delimiter
        self._newlines = np.flatnonzero(self._bytes == NEWLINE)
        self._quotes = (
            np.flatnonzero(self._bytes == QUOTE) if is_quoted else NO_POSITIONS
        )
        self.in_quotes_at_end = bool(len(self._quotes) % 2)
        self.ends = self._outside_quotes(self._newlines)
        self._starts = np.concatenate(([0], self.ends[:-1] + 1))[: len(self.ends)]
        self.line_offsets = np.searchsorted(self._newlines, self._starts)

    @property
    def length(self) -> int:
        """Return how many bytes the whole records take."""
        return int(self.ends[-1]) + 1 if self.ends.size else 0

    @property
    def line_count(self) -> int:
        """Return how many lines the whole records take."""
        return int(np.searchsorted(self._newlines, self.length))

    def is_well_quoted(self) -> bool:
        """Return whether every quote opens or closes a field, or is doubled inside one.

        Two lone quotes far apart are not: they would make one field of all between.
        """
        if not self._quotes.size:
            return True
        lines = np.diff(self.line_offsets, append=self.line_count)
        if lines.max(initial=0) > MOST_LINES_OF_A_RECORD:
            return False
        opening, closing = self._quotes[0::2], self._quotes[1::2]
        before = np.where(opening > 0, self._bytes[opening - 1], NEWLINE)
        last = len(self._bytes) - 1
        following = self._bytes[np.minimum(closing + 1, last)]
        after = np.where(closing < last, following, NEWLINE)
        may_open = (self._delimiter, NEWLINE, QUOTE)
        may_close = (self._delimiter, NEWLINE, RETURN, QUOTE)
        return bool(_is_one_of(before, may_open) and _is_one_of(after, may_close))

    def block(self, field_count: int, line_numbers: np.ndarray) -> Block:
        """Return the records, with those refused that cannot be read."""
        is_good = ~self._is_blank()
        refused = []
        for index, reason in sorted(self._reasons(field_count).items()):
            if is_good[index]:
                is_good[index] = False
                content = self._record(index)[:LONGEST_RECORD_BYTES]
                refused.append(Refused(int(line_numbers[index]), content, reason))
        content, ends = self._joined(is_good)
        return Block(content, line_numbers[is_good], ends, self._delimiter, refused)

    def _outside_quotes(self, positions: np.ndarray) -> np.ndarray:
        if not self._quotes.size:
            return positions
        return positions[np.searchsorted(self._quotes, positions) % 2 == 0]

    def _record(self, index: int) -> bytes:
        return self._content[self._starts[index] : self.ends[index]]

    def _is_blank(self) -> np.ndarray:
        lengths = self.ends - self._starts
        is_return = self._bytes[self._starts] == RETURN
        return (lengths == 0) | ((lengths == 1) & is_return)

    def _reasons(self, field_count: int) -> dict[int, str]:
        """Return per record that cannot be read the gravest reason."""
        fields = self._field_counts()
        is_too_long = self.ends - self._starts > LONGEST_RECORD_BYTES
        return {
            **{
                index: f"has {fields[index]} fields where the header has {field_count}"
                for index in np.flatnonzero(fields != field_count).tolist()
            },
            **dict.fromkeys(np.flatnonzero(is_too_long).tolist(), TOO_LONG),
            **dict.fromkeys(self._with_control(), CONTROL),
            **dict.fromkeys(self._not_text(), NOT_TEXT),
        }

    def _field_counts(self) -> np.ndarray:
        if not self.ends.size:
            return NO_POSITIONS
        if self._delimiter not in self._content:  # as in whole lines, nearly always
            return np.ones(len(self.ends), dtype=np.int64)
        is_separator = (self._bytes[: self.length] == self._delimiter).view(np.uint8)
        counts = 1 + np.add.reduceat(is_separator, self._starts, dtype=np.int64)
        quotes = self._quotes[self._quotes < self.length]
        if quotes.size:
            within = np.add.reduceat(is_separator, quotes, dtype=np.int64)[::2]
            np.subtract.at(counts, np.searchsorted(self.ends, quotes[::2]), within)
        return counts

    def _with_control(self) -> list[int]:
        """Return the records with control characters other than tab and line ends."""
        is_low = self._bytes < LOWEST_PRINTED
        if np.count_nonzero(is_low) == self._newlines.size:
            return []
        is_low &= (self._bytes != NEWLINE) & (self._bytes != TAB)
        positions = np.flatnonzero(is_low)
        following = self._bytes[np.minimum(positions + 1, len(self._bytes) - 1)]
        ends_line = (self._bytes[positions] == RETURN) & (following == NEWLINE)
        indexes = np.searchsorted(self.ends, positions[~ends_line])
        return np.unique(indexes[indexes < len(self.ends)]).tolist()

    def _not_text(self) -> list[int]:
        if _is_text(self._content[: self.length]):
            return []
        return [i for i in range(len(self.ends)) if not _is_text(self._record(i))]

    def _joined(self, is_good: np.ndarray) -> tuple[bytes, np.ndarray]:
        """Return the good records as bytes, and where each ends in them."""
        if is_good.all():
            return self._content[: self.length], self.ends
        starts, ends = self._starts[is_good], self.ends[is_good]
        pairs = zip(starts.tolist(), ends.tolist(), strict=True)
        content = b"".join(self._content[start : end + 1] for start, end in pairs)
        return content, np.cumsum(ends - starts + 1) - 1


def _is_one_of(found: np.ndarray, wanted: tuple[int, ...]) -> bool:
    is_wanted = np.zeros(256, dtype=np.bool_)
    is_wanted[list(wanted)] = True
    return bool(is_wanted[found].all())


def _is_text(content: bytes) -> bool:
    if content.isascii():
        return True
    try:
        content.decode()
    except UnicodeDecodeError:
        return False
    return True
