"""What a form asks for: one field each, with its help and what it accepts.

A field is data; ``widgets`` draws it and ``reading`` makes a value of what was typed.
Times are those of the site's clock, and are handed on with their zone.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from dashboards.chart.words import plain

Values = Mapping[str, Any]
Limits = tuple[Decimal | int | None, Decimal | int | None]
LONGEST_LINE = 200
LONGEST_TEXT = 10_000
LONGEST_REASON = 500


class Kind(StrEnum):
    """How a field is asked for, and what its value is."""

    LINE = "line"  # str
    TEXT = "text"  # str of several lines
    NUMBER = "number"  # Decimal, as exact as it was typed
    WHOLE = "whole"  # int
    CHOICE = "choice"  # the chosen option's code
    SEVERAL = "several"  # a list of codes
    MOMENT = "moment"  # datetime with zone
    DAY = "day"  # date
    CODE = "code"  # Code, found by a search
    TICK = "tick"  # bool


@dataclass(frozen=True)
class Code:
    """A code that was found by its name."""

    system: str
    code: str
    name: str


def always(_: Values) -> bool:
    """Return true: a field without a condition is always asked for."""
    return True


@dataclass(frozen=True)
class Field:
    """One field of a form.

    ``options`` are codes with their words. Outside of ``possible`` a number is refused;
    outside of ``usual`` it has to be confirmed. ``find`` searches codes by a text.
    ``is_past`` refuses what is to come. ``is_now`` makes an empty moment the present
    one. ``is_shown`` decides by the values so far;
    ``fills`` returns what else a value fills in.
    """

    name: str
    label: str
    kind: Kind = Kind.LINE
    help: str | None = None
    is_required: bool = False
    options: Mapping[str, str] | None = None
    unit: str = ""
    possible: Limits = (None, None)
    usual: Limits = (None, None)
    longest: int = LONGEST_LINE
    find: Callable[[str], Sequence[Code]] | None = None
    is_past: bool = False
    is_now: bool = False
    is_shown: Callable[[Values], bool] = always
    fills: Callable[[Any], Values] | None = None

    @property
    def asked(self) -> str:
        """Return the label with the unit, and a star where it must be filled.

        A label may hold delivered text, such as a medicine's name: never Markdown.
        """
        unit = f" ({self.unit})" if self.unit else ""
        return f"{plain(f'{self.label}{unit}')}{' *' if self.is_required else ''}"


def line(name: str, label: str, **options: Any) -> Field:
    """Return a field of one line."""
    return Field(name, label, Kind.LINE, **options)


def text(name: str, label: str, **options: Any) -> Field:
    """Return a field of several lines."""
    return Field(name, label, Kind.TEXT, **{"longest": LONGEST_TEXT} | options)


def number(name: str, label: str, **options: Any) -> Field:
    """Return a field of an exact decimal number."""
    return Field(name, label, Kind.NUMBER, **options)


def whole(name: str, label: str, **options: Any) -> Field:
    """Return a field of a whole number."""
    return Field(name, label, Kind.WHOLE, **options)


def choice(name: str, label: str, options: Mapping[str, str], **more: Any) -> Field:
    """Return a field of one of a few options."""
    return Field(name, label, Kind.CHOICE, options=options, **more)


def several(name: str, label: str, options: Mapping[str, str], **more: Any) -> Field:
    """Return a field of any number of options."""
    return Field(name, label, Kind.SEVERAL, options=options, **more)


def moment(name: str, label: str, **options: Any) -> Field:
    """Return a field of a day and a time on the site's clock."""
    return Field(name, label, Kind.MOMENT, **options)


def day(name: str, label: str, **options: Any) -> Field:
    """Return a field of a day."""
    return Field(name, label, Kind.DAY, **options)


def code(
    name: str, label: str, find: Callable[[str], Sequence[Code]], **options: Any
) -> Field:
    """Return a field of a code that is searched by its name."""
    return Field(name, label, Kind.CODE, find=find, **options)


def tick(name: str, label: str, **options: Any) -> Field:
    """Return a field to tick."""
    return Field(name, label, Kind.TICK, **options)


def reason(label: str = "Reason", **options: Any) -> Field:
    """Return the field that every correction has: why."""
    told = {"is_required": True, "longest": LONGEST_REASON}
    return line("reason", label, **told | options)
