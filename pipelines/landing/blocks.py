"""What is read of a file at a time: readable records, and those refused whole."""

from dataclasses import dataclass, field

import numpy as np

# Longer than any real record; a missing closing quote would else swallow the file.
LONGEST_RECORD_BYTES = 1 << 20
MOST_LINES_OF_A_RECORD = 200

NOT_TEXT = "not UTF-8 text"
CONTROL = "holds a control character"
UNBALANCED = "quotes are not balanced"
TOO_LONG = f"longer than {LONGEST_RECORD_BYTES >> 20} MiB"
CUT = "the last line has no line end and may be cut short"


@dataclass(frozen=True)
class Refused:
    """One record refused whole: its line, its bytes, the reason."""

    line_number: int
    content: bytes
    reason: str


@dataclass(frozen=True)
class Block:
    """Records of one stretch: the readable ones as bytes, with their line numbers.

    ``ends`` are the positions in ``content`` of the line ends that end the records.
    """

    content: bytes
    line_numbers: np.ndarray
    ends: np.ndarray
    delimiter: int
    refused: list[Refused] = field(default_factory=list)

    @property
    def record_count(self) -> int:
        """Return how many records the stretch of the file held."""
        return len(self.line_numbers) + len(self.refused)

    def originals(self, lines: list[int]) -> dict[int, bytes]:
        """Return the bytes of readable records by their line numbers."""
        positions = np.searchsorted(self.line_numbers, lines)
        starts = np.concatenate(([0], self.ends[:-1] + 1))
        return {
            line: self.content[starts[position] : self.ends[position]]
            for line, position in zip(lines, positions.tolist(), strict=True)
        }
