"""Which record ids of a load came before, in memory that grows to a limit."""

import numpy as np
import polars as pl

# One byte per slot. A small load of many feeds must not fill 64 MiB for each: that
# alone took longer than reading its messages.
FEWEST_SLOTS, MOST_SLOTS = 1 << 20, 1 << 26
GROWTH = 8
# A filter takes a row for 32 slots: 4 of 1,000 rows are looked up in vain. The largest
# takes all that come: at 10 million rows 2 of 100 are.
SLOTS_PER_ROW = 32


class SeenRecords:
    """Tells which record ids of a feed were surely not seen before (Bloom filters)."""

    def __init__(self) -> None:
        self._filters = [np.zeros(FEWEST_SLOTS, dtype=np.bool_)]
        self._rows = 0  # in the newest filter

    def may_have_seen(self, record_ids: pl.Series) -> pl.Series:
        """Return per row whether an earlier call may have had its id; remember it."""
        hashed = record_ids.hash().to_numpy()
        seen = np.zeros(len(hashed), dtype=np.bool_)
        for slots in self._filters:
            first, second = _places(hashed, slots)
            seen |= slots[first] & slots[second]
        newest = self._with_room(len(hashed))
        for places in _places(hashed, newest):
            newest[places] = True
        return pl.Series(seen)

    def _with_room(self, rows: int) -> np.ndarray:
        """Return the newest filter, a larger one if the rows would crowd it."""
        self._rows += rows
        newest = self._filters[-1]
        while len(newest) < MOST_SLOTS and self._rows * SLOTS_PER_ROW > len(newest):
            newest = np.zeros(len(newest) * GROWTH, dtype=np.bool_)
            self._filters.append(newest)
            self._rows = rows
        return newest


def _places(hashed: np.ndarray, slots: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    last = len(slots) - 1
    return hashed & last, (hashed >> 32) & last
