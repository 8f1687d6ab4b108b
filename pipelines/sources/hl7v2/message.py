"""A message as segments and fields, whatever its delimiters and its version."""

import re
from dataclasses import dataclass, field
from functools import cached_property

from pipelines.sources.one_by_one import RefusedError

SEGMENT = re.compile(r"[A-Z][A-Z0-9]{2}\Z")
NULL = '""'  # says that a value is to be deleted: there is none
HEX = re.compile(r"X((?:[0-9A-Fa-f]{2})+)\Z")
BREAKS = {".br": "\n", ".sp": "\n", ".ce": "\n"}
SHORTEST_MSH = 8  # MSH, the field separator, four more delimiters


@dataclass(frozen=True)
class Delimiters:
    """The signs that a message parts its fields by, from MSH-1 and MSH-2."""

    field: str
    component: str
    repetition: str
    escape: str
    subcomponent: str

    @cached_property
    def letters(self) -> dict[str, str]:
        """Return what the escapes of the delimiters stand for."""
        return {
            "F": self.field,
            "S": self.component,
            "T": self.subcomponent,
            "R": self.repetition,
            "E": self.escape,
            "H": "",  # highlighting begins
            "N": "",  # and ends
        }

    def plain(self, text: str) -> str:
        """Return a text with its escapes read; one that is not known stays."""
        if not self.escape or self.escape not in text:
            return text
        parts = text.split(self.escape)
        for place in range(1, len(parts) - 1, 2):
            parts[place] = self._read(parts[place])
        if len(parts) % 2 == 0:  # the last escape has no end
            parts[-1] = self.escape + parts[-1]
        return "".join(parts)

    def _read(self, name: str) -> str:
        if name in self.letters:
            return self.letters[name]
        found = HEX.match(name)
        if found:
            return bytes.fromhex(found[1]).decode("latin-1")
        command = name[:3]
        return BREAKS.get(command, f"{self.escape}{name}{self.escape}")


@dataclass
class Segment:
    """One segment; ``of(5)`` is its fifth field, counted as the standard counts."""

    name: str
    fields: list[str]
    by: Delimiters

    def raw(self, number: int) -> str:
        """Return a field as it was sent; empty where there is none."""
        return self.fields[number] if number < len(self.fields) else ""

    def repetitions(self, number: int) -> list[str]:
        """Return the repetitions of a field that hold anything."""
        content = self.raw(number)
        parts = content.split(self.by.repetition) if content else []
        return [each for each in parts if each and each != NULL]

    def of(self, number: int, component: int = 1, subcomponent: int = 1) -> str | None:
        """Return a component of a field's first repetition; None where it is empty."""
        found = self.repetitions(number)
        return self.part(found[0], component, subcomponent) if found else None

    def whole(self, number: int) -> str | None:
        """Return a field as one text, its components with it."""
        content = self.raw(number)
        return self.by.plain(content) if content and content != NULL else None

    def part(self, text: str, component: int, subcomponent: int = 1) -> str | None:
        """Return a component of a repetition."""
        parts = text.split(self.by.component)
        if component > len(parts):
            return None
        below = parts[component - 1].split(self.by.subcomponent)
        if subcomponent > len(below):
            return None
        found = self.by.plain(below[subcomponent - 1]).strip()
        return found if found and found != NULL else None


@dataclass
class Message:
    """A message: its segments in their order, the first of them MSH."""

    segments: list[Segment] = field(default_factory=list)

    @property
    def head(self) -> Segment:
        """Return MSH."""
        return self.segments[0]

    @property
    def kind(self) -> tuple[str, str]:
        """Return the kind of message and its event, such as ORU and R01."""
        kind = self.head.of(9) or ""
        event = self.head.of(9, 2) or ""
        if not event and "_" in kind:
            kind, _, event = kind.partition("_")
        evn = self.first("EVN")
        return kind, event or (evn.of(1) if evn else "") or ""

    def first(self, name: str) -> Segment | None:
        """Return the first segment of a name."""
        return next((each for each in self.segments if each.name == name), None)

    def all(self, name: str) -> list[Segment]:
        """Return all segments of a name."""
        return [each for each in self.segments if each.name == name]


def read(text: str) -> Message:
    """Return a message from its text, segments ended by CR.

    A line that is no segment goes on with the field before it, and so does ADD.

    Raises:
        RefusedError: its delimiters cannot be told, or it goes on in another message.
    """
    by = _delimiters(text)
    message = Message()
    for line in text.split("\r"):
        name, *_ = line.split(by.field, 1)
        fields = line.split(by.field)
        if name == "MSH" and not message.segments:
            fields.insert(1, by.field)
        elif name == "ADD":
            last = message.segments[-1].fields
            last[-1] += fields[1] if len(fields) > 1 else ""
            last += fields[2:]
            continue
        elif not SEGMENT.match(name):
            message.segments[-1].fields[-1] += f"\n{line}"
            continue
        message.segments.append(Segment(name, fields, by))
    if any(each.of(1) for each in message.all("DSC")):
        msg = "DSC-1: it goes on in another message, and half a message is not read"
        raise RefusedError(msg)
    return message


def _delimiters(text: str) -> Delimiters:
    if len(text) < SHORTEST_MSH or not text.startswith("MSH"):
        msg = "MSH-2: the delimiters are missing"
        raise RefusedError(msg)
    separator = text[3]
    signs = text[4:].split(separator, 1)[0]
    if len(signs) < 3 or separator.isalnum():  # noqa: PLR2004 - component, repetition, escape
        msg = "MSH-2: the delimiters are missing"
        raise RefusedError(msg)
    component, repetition, escape = signs[:3]
    subcomponent = signs[3] if len(signs) > 3 else "&"  # noqa: PLR2004
    if len({separator, component, repetition, escape, subcomponent}) < 5:  # noqa: PLR2004
        msg = "MSH-2: one sign stands for two delimiters"
        raise RefusedError(msg)
    return Delimiters(separator, component, repetition, escape, subcomponent)
