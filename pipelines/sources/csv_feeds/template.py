"""What ``ehr load --template FEED`` prints: an example, and what columns mean."""

import csv
import difflib
import io
from dataclasses import dataclass

from pipelines.feeds.catalogue import DELIVERED
from pipelines.feeds.contract import Column, ColumnType, Feed, Identifier
from pipelines.sources.csv_feeds import required_columns

TYPES_IN_WORDS = {
    ColumnType.TEXT: "text",
    ColumnType.INTEGER: "whole number",
    ColumnType.DECIMAL: "number, with a point",
    ColumnType.BOOLEAN: "true or false",
    ColumnType.DATE: "date, YYYY-MM-DD",
    ColumnType.TIMESTAMP: "time, ISO 8601",
}
# What makes the second row of an example another record.
OF_THE_SECOND_ROW = {
    "record_id": "R0002",
    "source_patient_id": "P0002",
    "local_code": "50983",
}
PATIENT_ID_MEANING = "Id of the patient in your system; encrypted, never shown."
OF_EVERY_FEED = {
    "record_id": Column(
        "record_id",
        ColumnType.TEXT,
        "Id of the row in your system; the same id again is a correction.",
        example="R0001",
    ),
    "source_patient_id": Column(
        "source_patient_id",
        ColumnType.TEXT,
        PATIENT_ID_MEANING,
        identifier=Identifier.DIRECT,
        example="P0001",
    ),
    "source_updated_at": Column(
        "source_updated_at",
        ColumnType.TIMESTAMP,
        "When your system last changed the row; the newest version counts.",
        example="2026-03-06T12:00:00Z",
    ),
    "is_deleted": Column(
        "is_deleted",
        ColumnType.BOOLEAN,
        "true withdraws the row: deleted, or entered in error.",
        example="false",
    ),
}


class UnknownFeedError(Exception):
    """There is no feed of that name; the message names the nearest ones."""


@dataclass(frozen=True)
class ColumnDescription:
    """One line of the table that explains a file."""

    name: str
    type: str
    meaning: str
    is_required: bool
    example: str


def template(feed_name: str) -> str:
    """Return an example file: header, one row with everything, one with the least.

    Raises:
        UnknownFeedError: there is no such feed.
    """
    described = describe(feed_name)
    full = [column.example for column in described]
    least = [_least(column) for column in described]
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerows([[column.name for column in described], full, least])
    return text.getvalue()


def describe(feed_name: str) -> list[ColumnDescription]:
    """Return what each column of a feed's file is, in the order of the file.

    Raises:
        UnknownFeedError: there is no such feed.
    """
    feed = _feed_named(feed_name)
    required = required_columns(feed)
    columns = OF_EVERY_FEED | {column.name: column for column in feed.columns}
    return [
        ColumnDescription(
            name=name,
            type=TYPES_IN_WORDS[columns[name].type],
            meaning=_meaning(columns[name]),
            is_required=name in required,
            example=columns[name].example,
        )
        for name in feed.delivered_columns
    ]


def _least(column: ColumnDescription) -> str:
    """Return the field of a row that holds only what it must; it is another record."""
    example = column.example if column.is_required else ""
    return OF_THE_SECOND_ROW.get(column.name, example)


def _meaning(column: Column) -> str:
    """Return the meaning, with the unit where the contract fixes one."""
    return f"{column.meaning} Unit: {column.unit}." if column.unit else column.meaning


def _feed_named(name: str) -> Feed:
    """Return a feed, or say which ones are near."""
    if name in DELIVERED:
        return DELIVERED[name]
    near = difflib.get_close_matches(name, DELIVERED, n=3) or sorted(DELIVERED)
    msg = f"there is no feed {name!r}; did you mean {', '.join(near)}?"
    raise UnknownFeedError(msg)
