"""Quarantine: what was refused, with its original text, its reason, and where it stood."""

from collections.abc import Iterable
from dataclasses import dataclass

import psycopg

from pipelines.access.encryption import Keyring
from pipelines.landing.keys import address_of
from pipelines.landing.preparing import RefusedRow
from pipelines.landing.records import Refused

PLACE = "quarantine.row|original_text|"


@dataclass(frozen=True)
class RefusedFrom:
    """The file that refused rows come from."""

    source_system: str
    table_name: str
    delivery_id: int
    file_id: int


class Quarantine:
    """Writes refused rows, inside the transaction of their load."""

    def __init__(self, connection: psycopg.Connection, keyring: Keyring) -> None:
        self._connection = connection
        self._keyring = keyring

    def add_records(self, origin: RefusedFrom, refused: Iterable[Refused]) -> None:
        """Keep records that could not be read at all."""
        self._insert(
            origin,
            [
                (None, "record", each.reason, each.line_number, each.content, 1)
                for each in refused
            ],
        )

    def add_rows(self, origin: RefusedFrom, refused: Iterable[RefusedRow]) -> None:
        """Keep rows of a feed that broke a rule."""
        self._insert(
            origin,
            [
                (each.feed, each.rules, _reason(each), each.line_number, each.original, 1)
                for each in refused
            ],
        )

    def add_file(self, origin: RefusedFrom, address: str, reason: str, records: int) -> None:
        """Keep a whole file: its text stays in the archive, under its address."""
        content = f"archive entry {address}".encode()
        self._insert(origin, [(None, "file", reason, 0, content, records)])

    def _insert(
        self,
        origin: RefusedFrom,
        rows: list[tuple[str | None, str, str, int, bytes, int]],
    ) -> None:
        if not rows:
            return
        with self._connection.cursor() as cursor:
            cursor.executemany(
                "insert into quarantine.row (address, source_system, table_name, feed, "
                "rules, reason, original_text, delivery_id, file_id, line_number, records) "
                "values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s) "
                "on conflict (address) do nothing",
                [self._values(origin, *row) for row in rows],
            )

    def _values(  # noqa: PLR0913, PLR0917 - one argument for each column
        self,
        origin: RefusedFrom,
        feed: str | None,
        rules: str,
        reason: str,
        line_number: int,
        content: bytes,
        records: int,
    ) -> tuple[object, ...]:
        text = content.decode("utf-8", "backslashreplace")
        address = address_of(
            self._keyring, origin.source_system, origin.table_name, feed or "", text
        )
        return (
            address,
            origin.source_system,
            origin.table_name,
            feed,
            rules,
            reason,
            self._keyring.encrypt(text, PLACE + address),
            origin.delivery_id,
            origin.file_id,
            line_number,
            records,
        )


def _reason(row: RefusedRow) -> str:
    name, _, what = row.rules.rpartition(":")
    if what == "unreadable":
        return f"{name} cannot be read as its type"
    if what == "missing":
        return f"{name} is missing"
    return "breaks the rules named"


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
        row["original_text"] = keyring.decrypt(str(row["original_text"]), PLACE + address)
    return rows
