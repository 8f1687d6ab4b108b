"""Running a file of cases by a rule, and comparing each answer."""

import csv
import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from pathlib import Path

import psycopg
from psycopg import sql

KEYS = ("id", "case", "seq", "person_id", "era_no")
EITHER = " or "  # between two answers of which each is right
Row = Mapping[str, str]
TABLE = sql.SQL("create temporary table {table} ({columns}) on commit drop")
COPY = sql.SQL("copy {table} ({columns}) from stdin")
CASES = "vector_rows"
SECOND_FILE = re.compile(rf"\b{CASES}_of_(\w+)")


class VectorError(Exception):
    """A file of vectors cannot be run; the message says why, and what to do."""


@dataclass(frozen=True)
class Difference:
    """One answer that is not the expected one."""

    case: str
    column: str
    expected: str
    found: str


@dataclass
class Outcome:
    """What became of a file: cases that passed and failed, and how."""

    passed: int = 0
    differences: list[Difference] = field(default_factory=list)
    problem: str = ""
    failed: int = 0


def run_file(connection: psycopg.Connection, path: Path, rule: str) -> Outcome:
    """Return how a file's cases came out by a rule; nothing of it stays."""
    try:
        rows = read_cases(path)
        second = {
            f"{CASES}_of_{name}": read_cases(path.with_name(f"{name}.csv"))
            for name in second_files(rule)
        }
    except VectorError as problem:
        return Outcome(problem=str(problem), failed=1)
    try:
        with connection.transaction(force_rollback=True):
            for table, its_rows in ({CASES: rows} | second).items():
                _write_table(connection, table, its_rows)
            answers = _answers(connection, rule)
    except psycopg.Error as problem:
        said = problem.diag.message_primary or type(problem).__name__
        return Outcome(problem=f"{path.name}: {said}", failed=len(rows))
    return _compared(rows, answers)


def second_files(rule: str) -> set[str]:
    """Return the names of the files that a rule reads beside the one it answers.

    A rule names the second file's rows: ``vector_rows_of_pdc_fills``.
    """
    return set(SECOND_FILE.findall(rule))


def read_cases(path: Path) -> list[Row]:
    """Return the cases of a file.

    Raises:
        VectorError: it is no table of cases.
    """
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            rows = list(csv.DictReader(file, strict=True))
    except (OSError, UnicodeDecodeError, csv.Error) as problem:
        msg = f"{path.name} cannot be read as csv ({problem})"
        raise VectorError(msg) from None
    if not rows:
        msg = f"{path.name} holds no case"
        raise VectorError(msg)
    if any(None in row or None in row.values() for row in rows):
        msg = f"{path.name}: a line has more or fewer fields than the header"
        raise VectorError(msg)
    return rows


def _write_table(connection: psycopg.Connection, table: str, rows: list[Row]) -> None:
    names = [sql.Identifier(name) for name in rows[0]]
    columns = [sql.SQL("{} text").format(name) for name in names]
    named = {"table": sql.Identifier(table)}
    connection.execute(TABLE.format(columns=sql.SQL(", ").join(columns), **named))
    copy = COPY.format(columns=sql.SQL(", ").join(names), **named)
    with connection.cursor() as cursor, cursor.copy(copy) as written:
        for row in rows:
            written.write_row([value or None for value in row.values()])


def _answers(connection: psycopg.Connection, rule: str) -> list[dict[str, str]]:
    """Return what the rule answers, as texts under the file's names of columns."""
    with connection.cursor() as cursor:
        cursor.execute(rule.encode())
        found = [column.name for column in cursor.description or ()]
        return [
            dict(zip(found, map(_text, answer), strict=True))
            for answer in cursor.fetchall()
        ]


def _compared(rows: list[Row], answers: list[dict[str, str]]) -> Outcome:
    by_key = defaultdict(list)
    for answer in answers:
        by_key[_key(answer)].append(answer)
    outcome = Outcome()
    for row in rows:
        found = by_key[_key(row)]
        differences = _differences(row, found.pop(0) if found else {})
        outcome.differences += differences
        outcome.failed += bool(differences)
        outcome.passed += not differences
    unasked = [key for key, left in by_key.items() for _ in left]
    outcome.differences += [
        Difference(" ".join(key), "", "no answer", "one") for key in unasked
    ]
    outcome.failed += len(unasked)
    return outcome


def _differences(row: Row, answer: dict[str, str]) -> list[Difference]:
    case = " ".join(_key(row))
    if not answer:
        return [Difference(case, "", "an answer", "none")]
    return [
        Difference(case, name, row.get(name, "no such column"), found)
        for name, found in answer.items()
        if not is_same(row.get(name), found)
    ]


def is_same(expected: str | None, found: str) -> bool:
    """Return whether an answer is the expected one; nothing is an answer, too.

    Numbers are equal whatever their last zeros; ``L or LL`` expects either.
    """
    if expected is None:
        return False
    return any(
        each == found or (_number(each) is not None and _number(each) == _number(found))
        for each in expected.split(EITHER)
    )


def _number(text: str) -> Decimal | None:
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _key(row: Row) -> tuple[str, ...]:
    return tuple(row[name] for name in KEYS if name in row)


def _text(value: object) -> str:
    return "" if value is None else str(value)
