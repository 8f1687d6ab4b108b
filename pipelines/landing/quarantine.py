"""Quarantine: what was refused, with its original text, its reason, and where it stood.

A refused text is known by its place: source, table, archived file, line, feed. So two
equal lines are two, and a file that is delivered again adds none.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

import psycopg

from pipelines.access.encryption import Keyring
from pipelines.landing.blocks import Refused
from pipelines.landing.keys import address_of
from pipelines.landing.origin import Origin
from pipelines.landing.refusing import ERASED, RefusedRow

PLACE = "quarantine.row|original_text|"
WHOLE_FILE = 0  # the line number of a file refused whole


@dataclass(frozen=True)
class _Item:
    """One thing refused; ``rank`` tells apart rows that one line made of one feed."""

    feed: str | None
    rules: str
    reason: str
    line_number: int
    original: bytes
    records: int = 1
    rank: int = 0
    place_in_line: int | None = None


class Quarantine:
    """Writes what is refused, inside the transaction of its load."""

    def __init__(self, connection: psycopg.Connection, keyring: Keyring) -> None:
        self._connection = connection
        self._keyring = keyring

    def add_records(self, origin: Origin, refused: Iterable[Refused]) -> None:
        """Keep records that could not be read at all."""
        self._insert(
            origin,
            [
                _Item(None, "record", each.reason, each.line_number, each.content)
                for each in refused
            ],
        )

    def add_rows(self, origin: Origin, refused: Iterable[RefusedRow]) -> None:
        """Keep rows of a feed that broke a rule."""
        items = []
        of_line: Counter[int] = Counter()
        for row in refused:
            rank = of_line[row.line_number]
            of_line[row.line_number] += 1
            items.append(
                _Item(
                    row.feed,
                    row.rules,
                    row.reason,
                    row.line_number,
                    b"" if row.rules.endswith(f":{ERASED}") else row.original,
                    rank=rank,
                    place_in_line=row.place_in_line,
                )
            )
        self._insert(origin, items)

    def add_file(self, origin: Origin, reason: str, records: int) -> None:
        """Keep a whole file: its text stays in the archive, under its address."""
        content = f"archive entry {origin.entry.address}".encode()
        item = _Item(None, "file", reason, WHOLE_FILE, content, records)
        self._insert(origin, [item])

    def _insert(self, origin: Origin, items: list[_Item]) -> None:
        if not items:
            return
        keyring = self._keyring.as_of_now()
        with self._connection.cursor() as cursor:
            cursor.executemany(
                "insert into quarantine.row (address, source_system, table_name, feed, "
                "rules, reason, original_text, delivery_id, file_id, line_number, "
                "records, place_in_line) "
                "values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s) "
                "on conflict (address) do nothing",
                [self._values(origin, item, keyring) for item in items],
            )

    def _values(
        self, origin: Origin, item: _Item, keyring: Keyring
    ) -> tuple[object, ...]:
        place = (origin.entry.address, str(item.line_number), str(item.rank))
        address = address_of(
            keyring, origin.source_system, origin.title, item.feed or "", *place
        )
        text = item.original.decode("utf-8", "backslashreplace")
        return (
            address,
            origin.source_system,
            origin.title,
            item.feed,
            item.rules,
            item.reason,
            keyring.encrypt(text, PLACE + address),
            origin.delivery_id,
            origin.file_id,
            item.line_number,
            item.records,
            item.place_in_line,
        )


def waiting_rows(
    connection: psycopg.Connection, keyring: Keyring, *, limit: int
) -> list[dict[str, object]]:
    """Return refused rows that wait, with their original lines, newest first."""
    found = connection.execute(
        "select row_id, address, source_system, table_name, feed, rules, reason, "
        "original_text, delivery_id, line_number, records from quarantine.row "
        "where status = 'waiting' order by row_id desc limit %s",
        (limit,),
    )
    names = [column.name for column in found.description or ()]
    rows = [dict(zip(names, row, strict=True)) for row in found]
    for row in rows:
        address = str(row.pop("address")).replace("-", "")
        row["original_text"] = keyring.decrypt(
            str(row["original_text"]), PLACE + address
        )
    return rows
