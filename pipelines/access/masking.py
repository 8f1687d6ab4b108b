"""A refused line for quality staff: what is known not to identify, the rest masked.

A line that splits into the fields of its header shows short numbers in columns of
numbers, and in harmless columns the texts that are known words of the feed. Of all else
nothing shows but its shape: a letter or digit becomes a dot, separators stay.
"""

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass

from expectations.identity_rules import IDENTIFIER
from pipelines.access.known_texts import Texts
from pipelines.feeds.catalogue import FEEDS
from pipelines.feeds.contract import ColumnType
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
# Longer ones are numbers of persons, telephones or days.
SHORT_NUMBER = re.compile(r"-?\d{1,4}(\.\d{1,3})?")
NUMBERS = {ColumnType.DECIMAL, ColumnType.INTEGER}
LOOKS_LIKE_AN_IDENTIFIER = re.compile(IDENTIFIER)


@dataclass(frozen=True)
class Field:
    """One field of a line: its column, and what of its text may be shown."""

    column: str
    text: str
    is_masked: bool


def texts_to_look_up(
    adapter: str, header: Sequence[str], line: str, delimiter: str
) -> Texts:
    """Return columns and texts of a line that show if they are known of the feed."""
    texts = _split(line, delimiter)
    if len(texts) != len(header):
        return frozenset()
    return frozenset(
        (column, text)
        for column, text in zip(header, texts, strict=True)
        if text.strip() and class_of(adapter, column) is ColumnClass.HARMLESS
    )


def numeric_columns(feed: str) -> frozenset[str]:
    """Return the columns of a feed that hold a number."""
    columns = FEEDS[feed].columns if feed in FEEDS else ()
    return frozenset(column.name for column in columns if column.type in NUMBERS)


def masked_fields(
    adapter: str,
    header: Sequence[str],
    line: str,
    delimiter: str,
    *,
    feed: str,
    known: Texts,
) -> list[Field] | None:
    """Return the fields of a line; None if it does not split into its header's.

    ``known`` are the columns and texts that many patients of the feed have.
    """
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
    numeric = numeric_columns(feed)
    fields = zip(names, texts, classes, strict=True)
    return [
        _field(
            column,
            text,
            each,
            is_shown=_is_number(column, text, numeric) or (column, text) in known,
            identifying=identifying,
        )
        for column, text, each in fields
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


def _is_number(column: str, text: str, numeric: frozenset[str]) -> bool:
    return column in numeric and SHORT_NUMBER.fullmatch(text) is not None


def _field(
    column: str,
    text: str,
    column_class: ColumnClass,
    *,
    is_shown: bool,
    identifying: list[str],
) -> Field:
    if not text.strip():
        return Field(column, "", is_masked=False)
    if column_class is ColumnClass.IDENTIFIES:
        return Field(column, MASK, is_masked=True)
    is_harmless = column_class is ColumnClass.HARMLESS
    if is_harmless and is_shown and not _is_suspect(text, identifying):
        return Field(column, text, is_masked=False)
    return Field(column, shape_of(text), is_masked=True)


def _is_suspect(text: str, identifying: list[str]) -> bool:
    """Return whether a text repeats an identifying field of its line, or looks so."""
    folded = text.casefold()
    return (
        len(text) > LONGEST_SHOWN
        or LOOKS_LIKE_AN_IDENTIFIER.search(text) is not None
        or any(each in folded for each in identifying)
    )
