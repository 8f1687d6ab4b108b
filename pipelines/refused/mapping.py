"""Corrections that a person makes of what a source delivers, kept as versions.

Never of a column that may tell who somebody is: a correction is kept in clear.
"""

import csv
import re
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

import psycopg

from expectations.catalogue import SUITES
from expectations.expectation import Severity
from pipelines.access.masking import LOOKS_LIKE_AN_IDENTIFIER
from pipelines.database.connections import connect
from pipelines.database.roles import Role
from pipelines.feeds.catalogue import FEEDS
from pipelines.feeds.contract import ColumnType, Identifier
from pipelines.landing.headers import COLUMN_NAME
from pipelines.refused.deciding import ADAPTERS, DecisionError, checked_reason
from pipelines.settings import PROJECT, Settings

UNITS = PROJECT / "dbt_project" / "seeds" / "terminology" / "unit_spellings.csv"
UNIT = "unit"
CODED = ("_code", "code_system", "_flag")
LONGEST_TEXT = 100
IN_SET = "expect_column_values_to_be_in_set"
UNSEEN = re.compile(r"[\x00-\x1f\x7f]")
SOURCE = "select adapter from raw.source where source_system = %s"
ENTER = """
    insert into quality.source_mapping (
        source_system, kind, subject, column_name, delivered_text, mapped_text,
        made_by, made_by_role, reason
    )
    values (%s, %s, %s, %s, %s, %s, %s, %s, %s)
    returning mapping_id
"""
LOCK_SOURCE = "select pg_advisory_xact_lock(hashtextextended(%s, 0))"
IN_FORCE = """
    select 1 from quality.source_mapping_in_force
    where (source_system, kind, subject, column_name, delivered_text)
        = (%s, %s, %s, %s, %s)
"""


class Kind(StrEnum):
    """What is corrected."""

    CODE = "code"  # a text in a column of a feed
    UNIT = "unit"
    COLUMN = "column"  # the name of a column in a table of the source


@dataclass(frozen=True)
class Correction:
    """One correction: what is delivered, and what it stands for.

    ``subject`` is a feed, of a column's name the table of the source. ``mapped`` None
    takes a correction back.
    """

    source_system: str
    kind: Kind
    subject: str
    column: str
    delivered: str
    mapped: str | None

    @property
    def words(self) -> str:
        """Return what is corrected, for the audit; no text that was delivered."""
        done = "taken back" if self.mapped is None else "made"
        where = f"{self.subject}.{self.column}".rstrip(".")
        return f"correction of a {self.kind} {done}: {self.source_system}, {where}"


def correct(
    settings: Settings, correction: Correction, user_id: str, role: str, reason: str
) -> int:
    """Keep a correction; return its number. Later deliveries are read with it.

    Raises:
        DecisionError: it cannot be made; the message says why.
    """
    why = checked_reason(reason)
    with connect(settings, Role.LOADER) as connection:
        found = connection.execute(SOURCE, (correction.source_system,)).fetchone()
        if found is None:
            msg = "nothing has come from this source: name one that 'ehr status' lists"
            raise DecisionError(msg)
        problem = _problem(correction, found[0])
        if problem:
            raise DecisionError(problem)
        # No load reads halfway with it and halfway without.
        connection.execute(LOCK_SOURCE, (correction.source_system,))
        return _entered(connection, correction, (user_id, role, why))


def _entered(
    connection: psycopg.Connection, correction: Correction, by: tuple[str, str, str]
) -> int:
    place = (
        correction.source_system,
        correction.kind.value,
        correction.subject,
        correction.column,
        correction.delivered,
    )
    if correction.mapped is None and not connection.execute(IN_FORCE, place).fetchone():
        msg = "there is no such correction in force: nothing was taken back"
        raise DecisionError(msg)
    values = (*place, correction.mapped, *by)
    (mapping_id,) = connection.execute(ENTER, values).fetchone() or (0,)
    return int(mapping_id)


def correctable_columns(feed: str) -> list[str]:
    """Return the columns of a feed whose texts can be corrected: codes and units."""
    return [
        column.name
        for column in FEEDS[feed].columns
        if column.type is ColumnType.TEXT
        and column.identifier is Identifier.NONE
        and column.name.endswith((*CODED, UNIT))
    ]


def kind_of(column: str) -> Kind:
    """Return what is corrected in a column of a feed; without one, a column's name."""
    if not column:
        return Kind.COLUMN
    return Kind.UNIT if column.endswith(UNIT) else Kind.CODE


def columns_of_tables(adapter: str) -> dict[str, tuple[str, ...]]:
    """Return the columns of each table that an adapter reads; none of a mapping file.

    The columns of a mapping file are corrected in the file.
    """
    known = ADAPTERS.get(adapter)
    return {table.name: tuple(table.columns) for table in known.tables} if known else {}


@cache
def known_units() -> frozenset[str]:
    """Return every spelling of a unit that the marts can read."""
    with UNITS.open(newline="", encoding="utf-8") as lines:
        read = csv.DictReader(lines)
        return frozenset(
            line[name] for line in read for name in ("unit", "unit_ucum")
        ) - {""}


def _problem(correction: Correction, adapter: str) -> str | None:
    """Return why a correction cannot be made, or None."""
    texts = [each for each in (correction.delivered, correction.mapped) if each]
    if not correction.delivered.strip() or correction.mapped == "":
        return "an empty text can neither be corrected nor be a correction"
    if correction.delivered == correction.mapped:
        return "what is delivered and what it stands for are the same"
    if any(len(each) > LONGEST_TEXT or UNSEEN.search(each) for each in texts):
        return f"a corrected text has at most {LONGEST_TEXT} signs, all to be seen"
    if any(LOOKS_LIKE_AN_IDENTIFIER.search(each) for each in texts):
        return "the text looks like an identifier of a person: it is not kept in clear"
    if correction.kind is Kind.COLUMN:
        return _problem_of_name(correction, adapter)
    return _problem_of_text(correction)


def _problem_of_name(correction: Correction, adapter: str) -> str | None:
    tables = columns_of_tables(adapter)
    columns = tables.get(correction.subject)
    if columns is None:
        named = ", ".join(tables)
        return f"the source has no table of this name: it has {named or 'none'}"
    if not COLUMN_NAME.fullmatch(correction.delivered):
        return "that is no name of a column: write it as in the header, in lower case"
    if correction.delivered in columns:
        return "the table has a column of this name: it is read as such"
    if correction.mapped is not None and correction.mapped not in columns:
        return f"the table has no such column: it has {', '.join(columns)}"
    return None


def _problem_of_text(  # noqa: PLR0911 - one answer each
    correction: Correction,
) -> str | None:
    if correction.subject not in FEEDS:
        return f"there is no such feed: one of {', '.join(FEEDS)}"
    columns = correctable_columns(correction.subject)
    if correction.column not in columns:
        return (
            "only codes and units can be corrected, never what may name somebody: "
            f"one of {', '.join(columns)}"
        )
    if correction.kind is not kind_of(correction.column):
        return "a unit stands in a column for units, a code in any other"
    if correction.mapped is None:
        return None
    if correction.column == UNIT and correction.mapped not in known_units():
        return "the marts do not know this unit: write one that they do, as mmol/L"
    accepted = _accepted_values(correction.subject, correction.column)
    if accepted and correction.mapped not in accepted:
        return f"the contract accepts only {', '.join(accepted)}"
    return None


def _accepted_values(feed: str, column: str) -> list[str]:
    """Return the closed list of a column; nothing where it is open."""
    return [
        value
        for rule in SUITES[feed].expectations
        if rule.type == IN_SET
        and rule.severity is Severity.CRITICAL
        and rule.kwargs["column"] == column
        for value in rule.kwargs["value_set"]
    ]
