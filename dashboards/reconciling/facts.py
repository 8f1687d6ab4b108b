"""What one source says of one medicine: the facts of which the list is made.

A fact is a current order, what the patient is said to take, or a dispense that no order
of the list stands for. Orders that ended are kept as stops: they tell what one source
stopped and another handed out.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from hashlib import sha256

from pipelines.record.actions.entry import Entry

OWN = "operational"
ORDERED, STATED, DISPENSED = "ordered", "stated", "dispensed"
# How long a dispense counts whose days nobody told: as an order of unknown length does.
UNTOLD_SUPPLY = timedelta(days=90)
DIGEST_LENGTH = 16
LIST_NAMES = {
    ORDERED: "{source}",
    STATED: "{source}, as the patient says",
    DISPENSED: "{source}, dispensed without an order on this list",
}


@dataclass(frozen=True)
class Fact:
    """One row of the list, side by side with the others of its ingredients.

    ``daily`` has the dose a day by ingredient, with its unit, where it is computed.
    ``mapping`` says how the ingredients are known; ``entry`` is our own prescription.
    """

    key: str
    source: str
    kind: str
    ingredients: tuple[str, ...]
    drug_name: str
    dose: str = ""
    frequency: str = ""
    daily: Mapping[str, tuple[Decimal, str]] = field(default_factory=dict)
    mapping: str = "unmapped"
    since: datetime | None = None
    dispensed_at: datetime | None = None
    given_at: datetime | None = None
    supply_until: datetime | None = None
    entry: Entry | None = None

    @property
    def list_name(self) -> str:
        """Return which list it stands on, in words."""
        source = "this record" if self.source == OWN else self.source
        return LIST_NAMES[self.kind].format(source=source)

    @property
    def line(self) -> str:
        """Return the line it belongs to: its ingredients, else its own name."""
        return line_name(self.ingredients, self.drug_name)

    @property
    def digest(self) -> str:
        """Return a number of what it says, which changes when that does."""
        said = "|".join((self.key, self.dose, self.frequency))
        return sha256(said.encode()).hexdigest()[:DIGEST_LENGTH]


@dataclass(frozen=True)
class Stop:
    """An order that one source stopped."""

    line: str
    list_name: str
    at: datetime


@dataclass(frozen=True)
class Dispense:
    """What was handed out, and whether it still lasts on its source's today."""

    key: str
    line: str
    at: datetime
    is_lasting: bool

    @property
    def digest(self) -> str:
        """Return a number of the dispense."""
        return sha256(self.key.encode()).hexdigest()[:DIGEST_LENGTH]


def line_name(ingredients: tuple[str, ...], drug_name: str) -> str:
    """Return the name of a line: ingredients in order, else the name as delivered."""
    named = sorted({each.casefold() for each in ingredients if each})
    return " + ".join(named) or " ".join((drug_name or "not named").split()).casefold()


def is_lasting(at: datetime, supply_until: datetime | None, today: datetime) -> bool:
    """Return whether what was handed out can still be taken, as far as it is told."""
    if supply_until is not None:
        return supply_until > today
    return at + UNTOLD_SUPPLY > today
