"""A refused line: opened, and split by the header that it came under."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from pipelines.access.delivered_headers import DeliveredHeaders
from pipelines.access.encryption import Keyring
from pipelines.access.known_texts import Texts
from pipelines.access.masking import Field, masked_fields
from pipelines.access.rule_words import FILE_RULE


class Line(NamedTuple):
    """A refused line and how it is read: no header if it does not split into one."""

    text: str
    feed: str
    adapter: str
    header: list[str]
    delimiter: str


def line_of(
    row: Mapping[str, Any], keyring: Keyring, headers: DeliveredHeaders
) -> Line | None:
    """Return a row's line; None if it stands for a whole file."""
    if row["rules"] == FILE_RULE:
        return None
    text, header, delimiter = opened(row, keyring), [], ","
    if row["feed"] is not None:
        header, delimiter = headers.of(
            row["adapter"], row["table_name"], row["archive_address"]
        )
    return Line(text, row["feed"] or "", row["adapter"], header, delimiter)


def fields_of(line: Line, known: Mapping[str, Texts]) -> list[Field]:
    """Return the line's fields; none if it was refused because it does not split."""
    if not line.header:
        return []
    fields = masked_fields(
        line.adapter,
        line.header,
        line.text,
        line.delimiter,
        feed=line.feed,
        known=known.get(line.feed, frozenset()),
    )
    return fields or []


def opened(row: Mapping[str, Any], keyring: Keyring) -> str:
    """Return the decrypted text of a row of the quarantine."""
    address = str(row["address"]).replace("-", "")
    place = f"quarantine.row|original_text|{address}"
    return keyring.decrypt(row["original_text"], place)
