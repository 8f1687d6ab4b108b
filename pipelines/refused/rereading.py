"""Original lines of waiting rows, read again: what their adapter makes of them now."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from pipelines.access.encryption import Keyring
from pipelines.landing.blocks import Block
from pipelines.landing.corrections import Corrections
from pipelines.landing.delivery import Run
from pipelines.landing.parsing import read_records
from pipelines.landing.readers import reader_of
from pipelines.landing.refusing import places_in_line
from pipelines.refused.waiting_rows import WaitingRow
from pipelines.sources.adapter import LINE, MESSAGES, UNPARTED, Table


@dataclass(frozen=True)
class Placed:
    """A waiting row, and where the adapter's rows of its feed have it now."""

    row: WaitingRow
    position: int


@dataclass(frozen=True)
class Made:
    """All rows of a feed that lines of one file make now, and which of them wait."""

    feed: str
    frame: pl.DataFrame
    placed: list[Placed]


def made_again(
    rows: Sequence[WaitingRow], run: Run, corrections: Corrections
) -> Iterator[Made]:
    """Yield by feed what the lines of rows of one file make now.

    A line that is no record, and one that the adapter leaves out now, is in none.
    """
    table = rows[0].table_of(run.adapter)
    wanted: defaultdict[str, list[WaitingRow]] = defaultdict(list)
    for row in rows:
        if row.feed is not None:
            wanted[row.feed].append(row)
    if table is None or table.map_records is None or not wanted:
        return
    path = rows[0].archive_path
    plain = run.files.plain_bytes(path, run.files.keep(path))
    header = reader_of(plain, table.delimiter).header
    header = corrections.header(table.name, header)
    lines = [row for waiting in wanted.values() for row in waiting]
    block = _block_of(lines, table, run.keyring)
    mapped = table.map_records(read_records(block, header, table))
    for feed, waiting in wanted.items():
        frame = mapped.feeds.get(feed)
        if frame is not None and frame.height:
            numbers = frame[LINE].cast(pl.Int64)
            yield Made(feed, frame, _placed(waiting, numbers))


def by_file(rows: Sequence[WaitingRow]) -> list[list[WaitingRow]]:
    """Return the rows by the file that they came in."""
    files: defaultdict[int, list[WaitingRow]] = defaultdict(list)
    for row in rows:
        if row.archive_address:
            files[row.file_id].append(row)
    return list(files.values())


def _block_of(rows: Sequence[WaitingRow], table: Table, keyring: Keyring) -> Block:
    """Return the lines of rows of one file as the reader of records gave them."""
    lines = {row.line_number: row for row in rows}
    numbers = sorted(lines)
    pieces = [lines[number].line(keyring) + b"\n" for number in numbers]
    ends = np.cumsum([len(piece) for piece in pieces], dtype=np.int64) - 1
    delimiter = UNPARTED if table.delimiter == MESSAGES else table.delimiter
    return Block(
        b"".join(pieces), np.array(numbers, dtype=np.int64), ends, ord(delimiter)
    )


def _placed(rows: Sequence[WaitingRow], lines: pl.Series) -> list[Placed]:
    """Return the rows that the adapter still makes, with their positions.

    A row whose place in its line was not kept is known where its line makes no other.
    """
    numbers = lines.to_list()
    places = zip(numbers, places_in_line(lines).to_list(), strict=True)
    positions = {place: position for position, place in enumerate(places)}
    placed = []
    for row in rows:
        is_alone = (row.line_number, 1) not in positions
        place = 0 if row.place_in_line is None and is_alone else row.place_in_line
        position = positions.get((row.line_number, place))
        if position is not None:
            placed.append(Placed(row, position))
    return placed
