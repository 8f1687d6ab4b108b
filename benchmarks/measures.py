"""What a benchmark finds: one number each, with the goal that it is held against."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

Announce = Callable[[str], None]


class Direction(StrEnum):
    """On which side of its limit a number is good."""

    AT_LEAST = "at least"
    AT_MOST = "at most"


@dataclass(frozen=True)
class Goal:
    """A limit to stay on the good side of; a missed one is reported, never an error."""

    direction: Direction
    limit: float

    def is_met(self, value: float) -> bool:
        """Return whether a value is on the good side, the limit itself included."""
        if self.direction is Direction.AT_LEAST:
            return value >= self.limit
        return value <= self.limit


@dataclass(frozen=True)
class Measure:
    """One number, what it is of, and in which unit."""

    part: str
    subject: str
    value: float
    unit: str
    goal: Goal | None = None
    note: str = ""

    @property
    def verdict(self) -> str:
        """Return ``met``, ``missed``, or nothing where there is no goal."""
        if self.goal is None:
            return ""
        return "met" if self.goal.is_met(self.value) else "missed"


def at_least(limit: float) -> Goal:
    """Return the goal of a number that should be large."""
    return Goal(Direction.AT_LEAST, limit)


def at_most(limit: float) -> Goal:
    """Return the goal of a number that should be small."""
    return Goal(Direction.AT_MOST, limit)
