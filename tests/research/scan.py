"""The scan: does a relation hold anything that identifies a patient of a source?

It looks at every column of every relation, whatever its type, as text. Words of the
lists that research takes its text from cannot be told from a name that is spelled like
one of them (a patient called White, a city called Reading); those are left out and
counted. All other text must stand in a list (``texts_of_no_list``).
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import psycopg
from psycopg import sql

SHORTEST = 4  # of a name: below, any text holds it by chance
SHORTEST_NUMBER = 8  # of digits: below, measurements hold it by chance
WORD = re.compile(r"[a-z0-9]+")
FULL_DATE = re.compile(
    r"(?<!\d)(1[89]|2[012])\d\d[-/.]?(0[1-9]|1[0-2])[-/.]?[0-3]\d(?!\d)"
)
COLUMNS = """
    select column_name, data_type
    from information_schema.columns
    where table_schema = %s and table_name = %s
    order by ordinal_position
"""
RELATIONS = """
    select relname from pg_class
    where relnamespace = %s::regnamespace and relkind in ('r', 'v', 'm', 'p')
    order by relname
"""


@dataclass(frozen=True)
class Finding:
    """An identifier in a relation; ``what`` says which kind, never the value."""

    relation: str
    column: str
    what: str


@dataclass
class Identifiers:
    """What a source knows its patients by."""

    phrases: set[str] = field(default_factory=set)  # lower case, words by one blank
    numbers: set[str] = field(default_factory=set)  # digits alone

    def add(self, text: str | None) -> None:
        """Take an identifier up: its words, backwards too, and its digits."""
        words = WORD.findall((text or "").lower())
        phrase = " ".join(words)
        if len(phrase) >= SHORTEST and not phrase.isdigit():
            self.phrases |= {phrase, phrase[::-1]}
        digits = "".join(
            character for word in words for character in word if character.isdigit()
        )
        if len(digits) >= SHORTEST_NUMBER:
            self.numbers |= {digits, digits[::-1]}

    def without(self, listed: Iterable[str]) -> "Identifiers":
        """Return those that are not also words of the lists."""
        vocabulary = {phrase for text in listed for phrase in phrases_of(text)}
        codes = {word for word in vocabulary if word.isdigit()}
        return Identifiers(self.phrases - vocabulary, self.numbers - codes)

    @property
    def most_words(self) -> int:
        """Return of how many words the longest phrase is."""
        return max((phrase.count(" ") + 1 for phrase in self.phrases), default=0)


def phrases_of(text: str, most_words: int = 5) -> Iterator[str]:
    """Yield every run of neighbouring words of a text, in lower case."""
    words = WORD.findall(text.lower())
    for first in range(len(words)):
        for last in range(first, min(first + most_words, len(words))):
            yield " ".join(words[first : last + 1])


def relations_of(connection: psycopg.Connection, schema: str) -> list[str]:
    """Return the tables and views of a schema."""
    return [name for (name,) in connection.execute(RELATIONS, (schema,))]


def findings(
    connection: psycopg.Connection,
    schema: str,
    relation: str,
    identifiers: Identifiers,
) -> set[Finding]:
    """Return what a relation holds of the identifiers, and whatever is a full date."""
    found = set()
    most_words = identifiers.most_words
    for column, data_type in connection.execute(COLUMNS, (schema, relation)):
        if data_type.startswith(("date", "timestamp", "time ")):
            found.add(Finding(relation, column, "a column of times"))
        for value in distinct_values(connection, schema, relation, column):
            found |= {
                Finding(relation, column, what)
                for what in kinds_in(value, data_type, identifiers, most_words)
            }
    return found


def kinds_in(
    value: str, data_type: str, identifiers: Identifiers, most_words: int
) -> Iterator[str]:
    """Yield what kinds of identifier a value holds.

    A uuid counts as a whole alone: one group of four random hexadecimal digits spells
    a given short name (Abed, Dade) once in 65,536.
    """
    if data_type == "uuid":
        if " ".join(WORD.findall(value.lower())) in identifiers.phrases:
            yield "a name, address or id"
        return
    if any(phrase in identifiers.phrases for phrase in phrases_of(value, most_words)):
        yield "a name, address or id"
    if any(number in identifiers.numbers for number in numbers_in(value)):
        yield "a number"
    if FULL_DATE.search(value):
        yield "a full date"


def numbers_in(value: str) -> set[str]:
    """Return the digits of a value: of the whole, and of each run of them."""
    whole = re.sub(r"(\.\d*?)0+$", r"\1", value)
    return {re.sub(r"\D", "", whole), *re.findall(r"\d+", whole)}


def distinct_values(
    connection: psycopg.Connection, schema: str, relation: str, column: str
) -> Iterator[str]:
    """Yield the values of a column as text."""
    statement = sql.SQL("select distinct {}::text from {} where {} is not null").format(
        sql.Identifier(column), sql.Identifier(schema, relation), sql.Identifier(column)
    )
    for (value,) in connection.execute(statement):
        yield value
