"""Rows of feeds that come few at a time: they wait, and land together."""

import polars as pl

from pipelines.feeds.contract import Feed

# Landing a batch costs some milliseconds, whatever its size, and most feeds of a block
# of messages have a handful of rows.
FEWEST_ROWS = 2_000


class Gathering:
    """Rows of one file that wait for more of their feed."""

    def __init__(self) -> None:
        self._waiting: dict[str, tuple[Feed, list[pl.DataFrame]]] = {}

    def add(self, feed: Feed, rows: pl.DataFrame) -> pl.DataFrame | None:
        """Return the rows of a feed with those that waited; None: all of them wait."""
        _, waiting = self._waiting.setdefault(feed.name, (feed, []))
        waiting.append(rows)
        if sum(each.height for each in waiting) < FEWEST_ROWS:
            return None
        del self._waiting[feed.name]
        return pl.concat(waiting)

    def rest(self) -> list[tuple[Feed, pl.DataFrame]]:
        """Return the rows that wait for no more."""
        rest = [(feed, pl.concat(waiting)) for feed, waiting in self._waiting.values()]
        self._waiting.clear()
        return rest
