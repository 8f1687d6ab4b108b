"""Which record ids of a load came before, in memory that does not grow."""

import numpy as np
import polars as pl

# One byte per slot: 64 MiB whatever the file's size; at 10 million rows 2 of 100 rows
# are looked up in vain.
FILTER_SLOTS = 1 << 26


class SeenRecords:
    """Tells which record ids of a feed were surely not seen before (a Bloom filter)."""

    def __init__(self) -> None:
        self._slots = np.zeros(FILTER_SLOTS, dtype=np.bool_)

    def may_have_seen(self, record_ids: pl.Series) -> pl.Series:
        """Return per row whether its id may have come before, and remember it."""
        hashed = record_ids.hash().to_numpy()
        first = hashed & (FILTER_SLOTS - 1)
        second = (hashed >> 32) & (FILTER_SLOTS - 1)
        seen = self._slots[first] & self._slots[second]
        self._slots[first] = True
        self._slots[second] = True
        return pl.Series(seen) | record_ids.is_duplicated()
