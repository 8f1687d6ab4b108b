"""What all MIMIC-IV files share: how nothing is written, and how rows are made."""

from collections.abc import Mapping

import polars as pl
import polars.selectors as cs

from pipelines.sources.adapter import LINE

DEIDENTIFIED = "___"  # stands where de-identification took the whole value away


def cleaned(records: pl.DataFrame) -> pl.DataFrame:
    """Strip the padding of fixed-width columns; what then says nothing becomes null."""
    stripped = cs.string().str.strip_chars()
    says_nothing = stripped.is_in(["", DEIDENTIFIED])
    return records.with_columns(
        pl.when(says_nothing).then(None).otherwise(stripped).name.keep()
    )


def feed_rows(
    records: pl.DataFrame,
    renamed: Mapping[str, str],
    **derived: pl.Expr,
) -> pl.DataFrame:
    """Return rows of a feed; ``renamed`` is feed column to file column."""
    columns = {feed: pl.col(source) for feed, source in renamed.items()}
    return records.select(LINE, **columns, **derived)


def joined_id(*columns: str, prefix: str = "") -> pl.Expr:
    """Return a record id of several columns; a null column is an empty part.

    A prefix keeps the ids of two files that share a feed apart.
    """
    parts = [pl.col(column).fill_null("") for column in columns]
    return pl.concat_str(pl.lit(prefix), pl.concat_str(parts, separator="|"))


def constant(value: str) -> pl.Expr:
    """Return the same text on every row."""
    return pl.lit(value, dtype=pl.String)
