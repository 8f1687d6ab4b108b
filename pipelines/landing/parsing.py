"""From a block's bytes to the text columns that an adapter maps."""

import io

import polars as pl

from pipelines.landing.blocks import Block
from pipelines.sources.adapter import LINE, UNPARTED, Table


class AdapterError(Exception):
    """An adapter broke its promise; the message names the table and the promise."""


def read_records(block: Block, header: list[str], table: Table) -> pl.DataFrame:
    """Return the block as text columns, named as in the table, with line numbers.

    Raises:
        AdapterError: the parser and the record reader count differently.
    """
    frame = pl.read_csv(
        io.BytesIO(block.content),
        has_header=False,
        new_columns=header,
        infer_schema=False,
        separator=chr(block.delimiter),
        quote_char=None if chr(block.delimiter) == UNPARTED else '"',
    )
    if frame.height != len(block.line_numbers):
        msg = f"{table.name}: {frame.height} rows parsed of {len(block.line_numbers)}"
        raise AdapterError(msg)
    if b'""' in block.content and chr(block.delimiter) != UNPARTED:
        frame = frame.with_columns(pl.when(pl.all() != "").then(pl.all()).name.keep())
    present = [name for name in table.columns if name in header]
    absent = [name for name in table.columns if name not in header]
    return frame.select(
        *present,
        *(pl.lit(None, dtype=pl.String).alias(name) for name in absent),
        pl.Series(LINE, block.line_numbers),
    )
