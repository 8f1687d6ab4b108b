"""The first line of a file: the names of its columns, or why it cannot be one."""

import csv
import re
from collections.abc import Sequence

from pipelines.sources.adapter import Adapter, Table

COLUMN_NAME = re.compile(r"[a-z][a-z0-9_ ]{0,62}")
MOST_NAMED = 10


class FileRefusedError(Exception):
    """A file that cannot be read as records at all."""


def read_header(line: bytes, delimiter: int) -> list[str]:
    """Return the names of the columns in lower case; none for an empty line.

    Raises:
        FileRefusedError: the line cannot be a header; the message says why.
    """
    try:
        text = line.decode().rstrip("\r")
        names = next(csv.reader([text], delimiter=chr(delimiter), strict=True), [])
    except UnicodeDecodeError:
        msg = "the header is not UTF-8 text: export the file as UTF-8"
        raise FileRefusedError(msg) from None
    except csv.Error:
        msg = "the header cannot be read: its quotes are not balanced"
        raise FileRefusedError(msg) from None
    names = [name.strip().lower() for name in names]
    if not any(names):
        return []
    _check_names(names)
    return names


def _check_names(names: list[str]) -> None:
    if len(set(names)) < len(names):
        msg = "the header names a column twice: give each column a name of its own"
        raise FileRefusedError(msg)
    for position, name in enumerate(names, start=1):
        if not name.isprintable():
            msg = (
                "the header holds a character that cannot be seen, in column "
                f"{position}{_named(name)}: remove it"
            )
            raise FileRefusedError(msg)


def _named(name: str) -> str:
    visible = "".join(each for each in name if each.isprintable())
    return f" ({visible})" if COLUMN_NAME.fullmatch(visible) else ""


def header_problem(header: Sequence[str], table: Table, adapter: Adapter) -> str | None:
    """Return why a file with this header is not the table that it is named after."""
    absent = [name for name in table.required if name not in header]
    if absent:
        return (
            f"the header lacks {', '.join(absent)}, which every {table.name} file has: "
            "it is another table's file, or its first line is not a header"
        )
    if set(header) <= set(table.columns):
        return None
    fitting = [each.name for each in adapter.tables if _fits(header, each)]
    if not fitting:
        return None
    return (
        f"the header is that of {' or '.join(fitting)}, not of {table.name}: "
        "name the file after its table"
    )


def unknown_columns(header: Sequence[str], table: Table) -> str | None:
    """Return a sentence about the columns that the table does not know, if any.

    Only what looks like the name of a column is named: without a header the first line
    is a patient's.
    """
    unknown = [name for name in header if name not in table.columns]
    if not unknown:
        return None
    named = [name for name in unknown if COLUMN_NAME.fullmatch(name)][:MOST_NAMED]
    rest = len(unknown) - len(named)
    told = ", ".join([*named, *([f"{rest} more"] if rest else [])])
    return f"columns not known and not taken: {told}"


def _fits(header: Sequence[str], table: Table) -> bool:
    return set(table.required) <= set(header) <= set(table.columns)
