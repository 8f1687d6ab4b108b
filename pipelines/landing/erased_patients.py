"""Erased patients, known by keyed digests alone, and what of a file is theirs."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from pipelines.access.encryption import Keyring, patient_key_of
from pipelines.landing.blocks import Block


class ErasedPatients:
    """Tells whether an id of a source is an erased patient's."""

    def __init__(self, keyring: Keyring, patient_keys: Iterable[int]) -> None:
        self._keyring = keyring
        self.patient_keys = frozenset(patient_keys)
        self._known: dict[tuple[str, str], bool] = {}

    def __bool__(self) -> bool:
        """Return whether there is any."""
        return bool(self.patient_keys)

    def is_one(self, source_system: str, patient_id: str) -> bool:
        """Return whether an erased patient has this id in this source."""
        place = (source_system, patient_id)
        if place not in self._known:
            digest = self._keyring.patient_digest(source_system, patient_id)
            self._known[place] = patient_key_of(digest) in self.patient_keys
        return self._known[place]

    def is_key(self, text: str) -> bool:
        """Return whether a text is the key of an erased patient."""
        return text.isdecimal() and int(text) in self.patient_keys


@dataclass
class Dropped:
    """What of a file is of erased patients: its lines, and how they would be counted.

    ``spans`` are first line and line after the last; None: to the end of the file.
    """

    spans: list[tuple[int, int | None]] = field(default_factory=list)
    mapped: int = 0
    refused: int = 0
    excluded: Counter[str] = field(default_factory=Counter)
    feeds: Counter[str] = field(default_factory=Counter)
    # Others' records that cannot be read and hold a quote: between two of them empty
    # lines would be one field, and one patient's record would swallow another's.
    lone_quotes: set[int] = field(default_factory=set)
    # Lines then end in CR, LF or both, whichever comes.
    is_of_messages: bool = False

    @property
    def records(self) -> int:
        """Return how many records go."""
        return self.mapped + self.refused + self.excluded.total()

    @property
    def empty_lines(self) -> list[tuple[int, int | None]]:
        """Return the lines that the rest has empty, from where to where."""
        lone = [(line, line + 1) for line in self.lone_quotes]
        return sorted([*self.spans, *lone], key=lambda span: span[0])

    def holds(self, line: int) -> bool:
        """Return whether a line goes."""
        return any(
            first <= line and (end is None or line < end) for first, end in self.spans
        )

    def add(self, block: Block, lines: set[int], *, is_open: bool) -> bool:
        """Enter where records of a block go; return whether the last one is open.

        A record ends where the next one begins: what of it cannot be read goes with
        it. ``is_open``: so does the last one of the block before.
        """
        refused = [each.line_number for each in block.refused]
        starts = sorted([*block.line_numbers.tolist(), *refused])
        if is_open and starts:
            self.spans[-1] = (self.spans[-1][0], starts[0])
        for position, start in enumerate(starts):
            if start in lines:
                end = starts[position + 1] if position + 1 < len(starts) else None
                self.spans.append((start, end))
        return starts[-1] in lines if starts else is_open


def together(parts: Iterable[Dropped]) -> Dropped:
    """Return the lines that go of a file that was read in several ways."""
    parts = list(parts)
    spans = {span for each in parts for span in each.spans}
    lone_quotes = {line for each in parts for line in each.lone_quotes}
    return Dropped(
        list(spans),
        lone_quotes=lone_quotes,
        is_of_messages=any(each.is_of_messages for each in parts),
    )
