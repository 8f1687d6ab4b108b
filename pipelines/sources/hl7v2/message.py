"""A message as segments and fields, whatever its delimiters and its version."""

import re
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

from msgspec import Struct

from pipelines.sources.one_by_one import RefusedError

SEGMENT = re.compile(r"[A-Z][A-Z0-9]{2}\Z")
NAME_LENGTH = 3
NULL = '""'  # says that a value is to be deleted: there is none
HEX = re.compile(r"X((?:[0-9A-Fa-f]{2})+)\Z")
BREAKS = {".br": "\n", ".sp": "\n", ".ce": "\n"}
SHORTEST_MSH = 8  # MSH, the field separator, four more delimiters


@dataclass(frozen=True, eq=False)
class Delimiters:
    """The signs that a message parts its fields by, from MSH-1 and MSH-2.

    There is one object of the same signs, so that it can be told by itself.
    """

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
        if self.escape not in text:
            return text
        parts = text.split(self.escape)
        for place in range(1, len(parts) - 1, 2):
            parts[place] = self._read(parts[place])
        if len(parts) % 2 == 0:  # the last escape has no end
            parts[-1] = self.escape + parts[-1]
        return "".join(parts)

    def part(self, text: str, component: int, subcomponent: int = 1) -> str | None:
        """Return a component of a repetition; None where it is empty."""
        # Of the first piece no list is made: it is asked for most.
        if component > 1:
            text = _piece(text, self.component, component)
        elif self.component in text:
            text = text.partition(self.component)[0]
            if subcomponent == 1 and text.isalnum():  # codes and numbers, mostly
                return text
        if subcomponent > 1:
            text = _piece(text, self.subcomponent, subcomponent)
        elif self.subcomponent in text:
            text = text.partition(self.subcomponent)[0]
        if self.escape in text:
            text = self.plain(text)
        text = text.strip()
        return text if text and text != NULL else None

    def _read(self, name: str) -> str:
        if name in self.letters:
            return self.letters[name]
        found = HEX.match(name)
        if found:
            return bytes.fromhex(found[1]).decode("latin-1")
        command = name[:3]
        return BREAKS.get(command, f"{self.escape}{name}{self.escape}")


def _piece(text: str, sign: str, number: int) -> str:
    """Return a piece of a text that a sign parts; empty where there is none."""
    pieces = text.split(sign, number)
    return pieces[number - 1] if number <= len(pieces) else ""


class Segment(Struct, gc=False, eq=False):
    """One segment; ``of(5)`` is its fifth field, counted as the standard counts.

    A Struct, as many are made: it takes a third of a dataclass's time.
    """

    name: str
    fields: list[str]
    by: Delimiters

    def raw(self, number: int) -> str:
        """Return a field as it was sent; empty where there is none."""
        return self.fields[number] if number < len(self.fields) else ""

    def repetitions(self, number: int) -> list[str]:
        """Return the repetitions of a field that hold anything."""
        content = self.raw(number)
        if not content:
            return []
        if self.by.repetition not in content:  # nearly always
            return [] if content == NULL else [content]
        parts = content.split(self.by.repetition)
        return [each for each in parts if each and each != NULL]

    def first_of(self, number: int) -> str:
        """Return a field's first repetition that holds anything; empty without one."""
        content = self.raw(number)
        if self.by.repetition not in content:
            return "" if content == NULL else content
        return next(iter(self.repetitions(number)), "")

    def of(self, number: int, component: int = 1, subcomponent: int = 1) -> str | None:
        """Return a component of a field's first repetition; None where it is empty."""
        # Written out, as nothing is asked more often: see ``first_of``.
        fields = self.fields
        if number >= len(fields) or not fields[number]:
            return None
        content = fields[number]
        if content.isalnum():  # no delimiter is a letter or a digit
            return content if component == 1 == subcomponent else None
        by = self.by
        if by.repetition in content:
            content = self.first_of(number)
        return by.part(content, component, subcomponent) if content else None

    def whole(self, number: int) -> str | None:
        """Return a field as one text, its components with it."""
        content = self.raw(number)
        return self.by.plain(content) if content and content != NULL else None

    def part(self, text: str, component: int, subcomponent: int = 1) -> str | None:
        """Return a component of a repetition."""
        return self.by.part(text, component, subcomponent)


class Message:
    """A message: its segments in their order, the first of them MSH.

    ``kind`` is the kind of message and its event, such as ORU and R01. ``known`` holds
    what was worked out of it, by the function that does so.
    """

    def __init__(self, segments: list[Segment]) -> None:
        self.segments = segments
        self.known: dict[Callable, Any] = {}
        self._by_name = by_name = defaultdict(list)
        for segment in segments:
            by_name[segment.name].append(segment)
        self.kind = self._kind()

    @property
    def head(self) -> Segment:
        """Return MSH."""
        return self.segments[0]

    def first(self, name: str) -> Segment | None:
        """Return the first segment of a name."""
        named = self._by_name.get(name)
        return named[0] if named else None

    def all(self, name: str) -> list[Segment]:
        """Return all segments of a name."""
        return self._by_name.get(name, [])

    def _kind(self) -> tuple[str, str]:
        kind, event = _kind_and_event(self.head.first_of(9), self.head.by)
        evn = None if event else self.first("EVN")
        return kind, event or (evn.of(1) if evn else "") or ""


@lru_cache(maxsize=1000)
def _kind_and_event(content: str, by: Delimiters) -> tuple[str, str]:
    """Return what MSH-9 says; a site sends a few dozen kinds of messages."""
    kind, event = by.part(content, 1) or "", by.part(content, 2) or ""
    if not event and "_" in kind:
        kind, _, event = kind.partition("_")
    return kind, event


@lru_cache(maxsize=1000)
def _is_segment(name: str) -> bool:
    """Return whether it is a name; it is remembered, so no other text comes here."""
    return SEGMENT.match(name) is not None


def read(text: str) -> Message:
    """Return a message from its text, segments ended by CR.

    A line that is no segment goes on with the field before it, and so does ADD.

    Raises:
        RefusedError: its delimiters cannot be told, or it goes on in another message.
    """
    by = _delimiters(text)
    segments: list[Segment] = []
    sign = by.field
    for line in text.split("\r"):
        fields = line.split(sign)
        name = fields[0]
        if name == "MSH" and not segments:
            fields.insert(1, sign)
        elif name == "ADD":
            last = segments[-1].fields
            last[-1] += fields[1] if len(fields) > 1 else ""
            last += fields[2:]
            continue
        elif len(name) != NAME_LENGTH or not _is_segment(name):
            segments[-1].fields[-1] += f"\n{line}"
            continue
        segments.append(Segment(name, fields, by))
    message = Message(segments)
    if any(each.of(1) for each in message.all("DSC")):
        msg = "DSC-1: it goes on in another message, and half a message is not read"
        raise RefusedError(msg)
    return message


def _delimiters(text: str) -> Delimiters:
    if len(text) < SHORTEST_MSH or not text.startswith("MSH"):
        msg = "MSH-2: the delimiters are missing"
        raise RefusedError(msg)
    separator = text[3]
    return _delimiters_of(separator, text[4:].split(separator, 1)[0])


@lru_cache(maxsize=1000)
def _delimiters_of(separator: str, signs: str) -> Delimiters:
    if len(signs) < 3 or any(map(str.isalnum, separator + signs[:4])):  # noqa: PLR2004 - component, repetition, escape
        msg = "MSH-2: the delimiters are missing"
        raise RefusedError(msg)
    component, repetition, escape = signs[:3]
    subcomponent = signs[3] if len(signs) > 3 else "&"  # noqa: PLR2004
    if len({separator, component, repetition, escape, subcomponent}) < 5:  # noqa: PLR2004
        msg = "MSH-2: one sign stands for two delimiters"
        raise RefusedError(msg)
    return Delimiters(separator, component, repetition, escape, subcomponent)
