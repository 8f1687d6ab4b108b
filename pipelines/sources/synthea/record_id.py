"""Record ids for Synthea's rows: most of its files have none of their own."""

import hashlib

import polars as pl

# 128 bits: among a billion records two share an id with a chance below 1 in 10^20.
HEX_DIGITS = 32


def record_id_of(*columns: str) -> pl.Expr:
    """Return a record id made of all the columns that tell two records apart.

    Each value is written with its length before it, so that ``ab, c`` and ``a, bc``
    differ, and a missing value differs from every text. The id is a digest, since ids
    stand in clear where values may not.
    """
    written_out = pl.concat_str([_with_length(column) for column in columns])
    return written_out.map_batches(_digests, return_dtype=pl.String).alias("record_id")


def _with_length(column: str) -> pl.Expr:
    value = pl.col(column)
    length = value.str.len_bytes().cast(pl.String)
    return pl.concat_str(length, pl.lit(":"), value).fill_null("-")


def _digests(texts: pl.Series) -> pl.Series:
    return pl.Series(
        [hashlib.sha256(text.encode()).hexdigest()[:HEX_DIGITS] for text in texts],
        dtype=pl.String,
    )
