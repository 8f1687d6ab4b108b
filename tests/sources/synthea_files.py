"""Synthea's files as the landing hands them to the adapter: text, lower-case names."""

import gzip
from pathlib import Path

import polars as pl

from pipelines.sources.adapter import LINE, Mapped, Table
from pipelines.sources.synthea import ADAPTER


def records_of(table: Table, *rows: dict[str, str]) -> pl.DataFrame:
    """Return hand-written records of a table, absent columns null."""
    frame = pl.DataFrame(
        list(rows), schema=dict.fromkeys(table.columns, pl.String), orient="row"
    )
    return with_line_numbers(frame)


def read_records(folder: Path, table: Table) -> pl.DataFrame | None:
    """Return a delivered file's records; ragged lines are the landing's business."""
    path = folder / f"{table.name}.csv.gz"
    text = gzip.decompress(path.read_bytes()) if path.exists() else b""
    if not text:
        return None
    frame = pl.read_csv(text, infer_schema=False, truncate_ragged_lines=True)
    frame = frame.rename(str.lower)
    absent = [name for name in table.columns if name not in frame.columns]
    nulls = [pl.lit(None, dtype=pl.String).alias(name) for name in absent]
    return with_line_numbers(frame.with_columns(nulls).select(table.columns))


def with_line_numbers(frame: pl.DataFrame) -> pl.DataFrame:
    """Return records with the line that each stands on below a header."""
    return frame.with_row_index(LINE, offset=2).cast({LINE: pl.Int64})


def table_called(name: str) -> Table:
    """Return a table of the adapter."""
    table = ADAPTER.table_of(name)
    assert table is not None
    return table


def mapped(name: str, *rows: dict[str, str]) -> Mapped:
    """Return what the adapter makes of hand-written records."""
    table = table_called(name)
    return table.map_records(records_of(table, *rows))


def only_row(name: str, feed: str, row: dict[str, str]) -> dict[str, str | None]:
    """Return the one row of ``feed`` that one record of table ``name`` becomes."""
    (made,) = mapped(name, row).feeds[feed].rows(named=True)
    return made


def record_ids(table: str, feed: str, *rows: dict[str, str]) -> list[str]:
    """Return the record ids that hand-written records get in ``feed``."""
    return mapped(table, *rows).feeds[feed]["record_id"].to_list()
