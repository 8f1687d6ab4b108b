"""What was planted: every canary, the column that it stood for, and how it came in."""

import random
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from enum import StrEnum

from pipelines.feeds.contract import Column, ColumnType, Feed, Identifier

WORD, NUMBER = "Qkanari", "7183"
LETTERS = "bcdfghjklmnpqrstvwxz"
PLANTABLE = {ColumnType.TEXT, ColumnType.DECIMAL, ColumnType.INTEGER}


class Kind(StrEnum):
    """Where a value may stand at all."""

    IDENTIFYING = "identifying"  # as ciphertext alone
    CLINICAL = "clinical"  # where facts are kept under row-level security
    NUMBER = "number"  # a clinical number
    FILE_NAME = "file name"  # what the sender called a file


@dataclass(frozen=True)
class Canary:
    """One value: ``sign`` is what is looked for, ``value`` how it was delivered.

    ``patient`` is the number of the patient whose it is, empty where it is nobody's.
    """

    sign: str
    value: str
    column: str
    kind: Kind
    path: str
    patient: str = ""


@dataclass
class Ledger:
    """Makes canaries and remembers them; another seed, other canaries."""

    seed: int = 1
    planted: dict[str, Canary] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._chance = random.Random(self.seed)  # noqa: S311 - values, no secrets

    def word(self, column: str, kind: Kind, path: str, patient: str = "") -> str:
        """Plant a word."""
        sign = WORD + "".join(self._chance.choices(LETTERS, k=10))
        return self._note(Canary(sign.lower(), sign, column, kind, path, patient))

    def number(
        self, column: str, path: str, patient: str = "", *, is_whole: bool
    ) -> str:
        """Plant a number: small enough to be a measurement unless it must be whole."""
        sign = f"{NUMBER}{self._chance.randrange(10**7, 10**8)}"
        value = sign if is_whole else f"4.{sign}"
        return self._note(Canary(sign, value, column, Kind.NUMBER, path, patient))

    def of(self, feed: Feed, column: Column, path: str, patient: str = "") -> str:
        """Plant what fits a column of a patient's row."""
        name = f"{feed.name}.{column.name}"
        if column.type is ColumnType.TEXT:
            return self.word(name, kind_of(feed, column), path, patient)
        is_whole = column.type is ColumnType.INTEGER
        return self.number(name, path, patient, is_whole=is_whole)

    def found(self, sign: str) -> Canary | None:
        """Return the canary that a sign is, or is the beginning of; None: no canary.

        A number like ours can be part of a key that chance made.
        """
        if sign in self.planted or sign.isdigit():
            return self.planted.get(sign)
        whole = (each for each in self.planted.values() if each.sign.startswith(sign))
        return next(whole, None)

    def of_kind(self, kind: Kind) -> set[str]:
        """Return the signs of a kind."""
        return {each.sign for each in self.planted.values() if each.kind is kind}

    def let_in(self, values: Iterable[object], path: str) -> None:
        """Say which of these values became facts after all, and by which path."""
        known = {each.value: sign for sign, each in self.planted.items()}
        for sign in {known[str(each)] for each in values if str(each) in known}:
            self.planted[sign] = replace(self.planted[sign], path=path)

    def columns(self) -> set[str]:
        """Return every column that a canary stood in."""
        return {each.column for each in self.planted.values()}

    def _note(self, canary: Canary) -> str:
        self.planted[canary.sign] = canary
        return canary.value


def kind_of(feed: Feed, column: Column) -> Kind:
    """Return whether a text column can tell who the patient is."""
    names = {each.name for each in feed.direct_columns} | set(feed.patient_references)
    if column.name in names or column.identifier is Identifier.DIRECT:
        return Kind.IDENTIFYING
    return Kind.CLINICAL


def plantable(feed: Feed) -> list[Column]:
    """Return the columns of a feed that can hold a canary: all but times and flags."""
    return [column for column in feed.columns if column.type in PLANTABLE]
