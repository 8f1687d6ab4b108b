"""Corrections that people made of what a source delivers: codes, units, columns.

They apply to what an adapter made, before it is typed, judged and hashed. So a row that
came with the wrong text lands as the version that it would have been with the right
one. What was delivered stays in the archive, at the line that the row names.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl
import psycopg

IN_FORCE = """
    select kind, subject, column_name, delivered_text, mapped_text
    from quality.source_mapping_in_force
    where source_system = %s
    order by kind, subject, column_name, delivered_text
"""
COLUMN = "column"


@dataclass(frozen=True)
class Corrections:
    """What is in force for one source.

    ``values`` are, by feed and column, the texts that stand for others; ``columns``,
    by table, the names of columns, in lower case.
    """

    values: Mapping[str, Mapping[str, Mapping[str, str]]] = field(default_factory=dict)
    columns: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    fingerprint: str = ""

    @classmethod
    def of_rows(cls, rows: Sequence[tuple[str, str, str, str, str]]) -> "Corrections":
        """Return the corrections that rows of the table say."""
        values: dict[str, dict[str, dict[str, str]]] = {}
        columns: dict[str, dict[str, str]] = {}
        for kind, subject, column, delivered, mapped in rows:
            if kind == COLUMN:
                columns.setdefault(subject, {})[delivered] = mapped
            else:
                of_feed = values.setdefault(subject, {})
                of_feed.setdefault(column, {})[delivered] = mapped
        return cls(values, columns, repr(rows) if rows else "")

    def applied(self, feed: str, text: pl.DataFrame) -> pl.DataFrame:
        """Return a feed's delivered text with the right words in the place of wrong."""
        of_feed = self.values.get(feed)
        if not of_feed:
            return text
        return text.with_columns(
            pl.col(column).replace(list(words), list(words.values()))
            for column, words in of_feed.items()
        )

    def header(self, table: str | None, header: Sequence[str]) -> list[str]:
        """Return a file's header with the names that the adapter knows.

        A name that the header has already is not given to a second column.
        """
        names = self.columns.get(table or "", {})
        return [
            names[name] if name in names and names[name] not in header else name
            for name in header
        ]


def read_corrections(connection: psycopg.Connection, source: str) -> Corrections:
    """Return the corrections in force of a source."""
    return Corrections.of_rows(connection.execute(IN_FORCE, (source,)).fetchall())
