"""Rows for tests: the contract's own example of each feed, with some values changed."""

import polars as pl

from pipelines.feeds.catalogue import FEEDS
from pipelines.landing.typed import read_typed


def example(feed: str, **changes: str | None) -> pl.DataFrame:
    """Return one typed row: the examples of the contract, and ``changes`` as text."""
    contract = FEEDS[feed]
    values = {column.name: column.example or None for column in contract.columns}
    values |= {"record_id": "R1", "source_patient_id": "P1", **changes}
    text = pl.DataFrame(
        {name: [values.get(name)] for name in contract.delivered_columns},
        schema=dict.fromkeys(contract.delivered_columns, pl.String),
    )
    return read_typed(contract, text, "UTC").frame


def several(feed: str, count: int, **changes: str | None) -> pl.DataFrame:
    """Return ``count`` rows alike."""
    return pl.concat([example(feed, **changes)] * count)
