"""What is kept of a load to measure it by: all rows of a small one, some of a large."""

import polars as pl

MOST_ROWS = 20_000  # a share of so many is known to a third of a percent
# Of other texts it is kept whether they are there: a note may be as long as a book.
KEPT_TEXTS = ("_code", "_system", "unit", "value_text", "dose_text", "answer_text")
LONGEST_TEXT = 100
PATIENT = "source_patient_id"  # kept as a number that stands for it in this load alone


class Sample:
    """Rows of one feed in one load, at most ``MOST_ROWS``, and how many there were.

    Of a larger load every second row is kept, then every fourth, and so on: always the
    same rows of the same load, from its beginning to its end.
    """

    def __init__(self) -> None:
        self.row_count = 0
        self._stride = 1
        self._kept: list[pl.DataFrame] = []

    def add(self, frame: pl.DataFrame) -> None:
        """Take in one batch of the load."""
        offset = -self.row_count % self._stride
        self.row_count += frame.height
        if offset < frame.height:
            self._kept.append(_short(frame.gather_every(self._stride, offset)))
        while sum(rows.height for rows in self._kept) > MOST_ROWS:
            self._thin_out()

    def rows(self) -> pl.DataFrame:
        """Return the rows that were kept."""
        return pl.concat(self._kept) if self._kept else pl.DataFrame()

    def _thin_out(self) -> None:
        self._stride *= 2
        self._kept = [pl.concat(self._kept).gather_every(2)]


def _short(frame: pl.DataFrame) -> pl.DataFrame:
    """Return rows of the same columns, in which long texts are true."""
    texts = (name for name, kind in frame.schema.items() if kind == pl.String)
    return frame.with_columns(_kept(name) for name in texts)


def _kept(name: str) -> pl.Expr:
    if name == PATIENT:
        return pl.col(name).hash()
    if name.endswith(KEPT_TEXTS):
        return pl.col(name).str.slice(0, LONGEST_TEXT)
    return pl.when(pl.col(name).is_not_null()).then(pl.lit(value=True)).alias(name)
