"""What a feed is: columns, key, patient, event time, identifiers.

From one ``Feed`` follow the polars schema, the table ``raw.<feed>``, the table
``identity.<feed>`` for direct identifiers, the dbt source and the csv template. What a
particular source calls these columns belongs to its adapter in ``pipelines/sources``.
"""

from dataclasses import dataclass
from enum import StrEnum


class ColumnType(StrEnum):
    """How a delivered text is read; the value is the column's PostgreSQL type."""

    TEXT = "text"
    INTEGER = "bigint"
    DECIMAL = "numeric"
    BOOLEAN = "boolean"
    DATE = "date"
    TIMESTAMP = "timestamptz"


class Identifier(StrEnum):
    """Whether a column can tell who the patient is."""

    NONE = "none"
    QUASI = "quasi"
    DIRECT = "direct"


@dataclass(frozen=True)
class Column:
    """One column of a feed.

    A direct identifier lands encrypted in ``identity.<feed>``, never in ``raw``; free
    text about a patient does likewise.
    ``example`` is what ``ehr load --template`` prints.
    """

    name: str
    type: ColumnType
    meaning: str
    unit: str | None = None
    identifier: Identifier = Identifier.NONE
    is_required: bool = False
    example: str = ""


@dataclass(frozen=True)
class Feed:
    """The contract of one kind of fact.

    ``natural_key`` names the columns that make a record id where the source has none.
    ``event_at`` is the column that says when the fact happened (None: timeless).
    ``patient_references`` are columns that name another patient of the same source;
    they land as keys, like the patient column itself.
    ``is_identity_only`` feeds have no table in ``raw``: all they say is an identifier.
    ``is_of_record`` feeds come from the operational record alone: in a file they could
    be forged.
    """

    name: str
    meaning: str
    columns: tuple[Column, ...]
    natural_key: tuple[str, ...]
    event_at: str | None
    has_patient: bool = True
    patient_references: tuple[str, ...] = ()
    is_identity_only: bool = False
    is_of_record: bool = False

    @property
    def raw_columns(self) -> tuple[Column, ...]:
        """Return the columns that land in ``raw``."""
        return tuple(c for c in self.columns if c.identifier != Identifier.DIRECT)

    @property
    def direct_columns(self) -> tuple[Column, ...]:
        """Return the columns that land encrypted in ``identity``."""
        return tuple(c for c in self.columns if c.identifier == Identifier.DIRECT)

    @property
    def column_names(self) -> tuple[str, ...]:
        """Return all contract columns in order."""
        return tuple(column.name for column in self.columns)

    @property
    def delivered_columns(self) -> tuple[str, ...]:
        """Return what an adapter or a csv file of ours carries, in order."""
        patient = ("source_patient_id",) if self.has_patient else ()
        return (
            "record_id",
            *patient,
            *self.column_names,
            "source_updated_at",
            "is_deleted",
        )


def text(name: str, meaning: str, **options: object) -> Column:
    """Return a text column."""
    return Column(name, ColumnType.TEXT, meaning, **options)


def direct(name: str, meaning: str, example: str = "") -> Column:
    """Return a direct identifier, delivered as text."""
    return Column(
        name,
        ColumnType.TEXT,
        meaning,
        identifier=Identifier.DIRECT,
        example=example,
    )


def protected(name: str, meaning: str, example: str = "") -> Column:
    """Return free text about a patient: it may name anybody, so it lands encrypted."""
    return direct(name, meaning, example)


def at(name: str, meaning: str, **options: object) -> Column:
    """Return an instant."""
    return Column(name, ColumnType.TIMESTAMP, meaning, **options)


def on(name: str, meaning: str, **options: object) -> Column:
    """Return a calendar date."""
    return Column(name, ColumnType.DATE, meaning, **options)


def number(name: str, meaning: str, **options: object) -> Column:
    """Return an exact decimal number."""
    return Column(name, ColumnType.DECIMAL, meaning, **options)


def count(name: str, meaning: str, **options: object) -> Column:
    """Return a whole number."""
    return Column(name, ColumnType.INTEGER, meaning, **options)
