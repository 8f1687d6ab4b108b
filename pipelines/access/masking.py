"""A refused line for quality staff: what is known not to identify, the rest masked.

A line that splits into the fields of its header shows the harmless ones. Of any other
line nothing shows but its shape: a letter or digit becomes a dot, separators stay.
"""

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass

from expectations.identity_rules import IDENTIFIER
from pipelines.sources.column_classes import (
    ColumnClass,
    class_of,
    declared_classes,
)

MASK = "••••"
DOT = "•"
LONGEST_SHOWN = 60
LONGEST_SHAPE = 400
SHORTEST_IDENTIFYING = 3
PUNCTUATION = frozenset(" \t,;|\"'.:-+/<>=()[]{}_%^*")
# A telephone or insurance number that slipped into a column of words, however spaced;
# columns of codes hold long numbers rightly, in one piece.
LONG_NUMBER = re.compile(r"\d{6}|\d([\s().+/-]*\d){6}")
CODES = re.compile(r"code|itemid|ndc|gsn")
CODE = re.compile(r"[\w.^:/-]+")
LOOKS_LIKE_AN_IDENTIFIER = re.compile(IDENTIFIER)


@dataclass(frozen=True)
class Field:
    """One field of a line: its column, and what of its text may be shown."""

    column: str
    text: str
    is_masked: bool


def masked_fields(
    adapter: str, header: Sequence[str], line: str, delimiter: str
) -> list[Field] | None:
    """Return the fields of a line; None if it does not split into its header's."""
    texts = _split(line, delimiter)
    if len(texts) != len(header):
        return None
    classes = [class_of(adapter, column) for column in header]
    identifying = [
        text.strip().casefold()
        for text, each in zip(texts, classes, strict=True)
        if each is ColumnClass.IDENTIFIES and len(text.strip()) >= SHORTEST_IDENTIFYING
    ]
    # A name that no table has may be a patient's, where a file came without a header.
    names = [
        column if declared_classes(adapter, column) else f"column {position}"
        for position, column in enumerate(header, start=1)
    ]
    return [
        _field(column, text, each, identifying)
        for column, text, each in zip(names, texts, classes, strict=True)
    ]


def shape_of(text: str) -> str:
    """Return the shape of a text: its punctuation, everything else as dots."""
    cut = text[:LONGEST_SHAPE]
    shape = "".join(sign if sign in PUNCTUATION else DOT for sign in cut)
    return shape if len(text) <= LONGEST_SHAPE else f"{shape} …"


def _split(line: str, delimiter: str) -> list[str]:
    try:
        records = list(
            csv.reader(io.StringIO(line, newline=""), delimiter=delimiter, strict=True)
        )
    except csv.Error:
        return []
    return records[0] if len(records) == 1 else []


def _field(
    column: str, text: str, column_class: ColumnClass, identifying: list[str]
) -> Field:
    if not text.strip():
        return Field(column, "", is_masked=False)
    if column_class is ColumnClass.IDENTIFIES:
        return Field(column, MASK, is_masked=True)
    if column_class is ColumnClass.QUASI:
        return Field(column, shape_of(text), is_masked=True)
    if _is_harmless(column, text, identifying):
        return Field(column, text, is_masked=False)
    return Field(column, MASK, is_masked=True)


def _is_harmless(column: str, text: str, identifying: list[str]) -> bool:
    """Return whether a text is what its harmless column should hold.

    Where fields have slipped into a neighbour's place, a name stands in a column of
    codes; what repeats an identifying field of the line, or looks like one, is masked.
    """
    folded = text.casefold()
    is_code = bool(CODES.search(column) and CODE.fullmatch(text))
    return (
        len(text) <= LONGEST_SHOWN
        and (is_code or not LONG_NUMBER.search(text))
        and not LOOKS_LIKE_AN_IDENTIFIER.search(text)
        and not any(each in folded for each in identifying)
    )
