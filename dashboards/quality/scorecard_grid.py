"""The grid of the scorecard: a word, a sign and a colour in each cell."""

import pandas as pd
from pandas.io.formats.style import Styler

from dashboards.quality.shares import percent

# Tints of Okabe-Ito's blue and vermilion; the sign and the words tell the same.
LOOKS = {
    "●": "background-color: #d6e9f5; color: #16202a",
    "✕": "background-color: #f9d9c4; color: #16202a",
    "○": "background-color: #f2f4f6; color: #46525e",
}
COUNTS = ["passed", "failed", "not_applicable"]


def grid_of(card: pd.DataFrame, by: str) -> pd.DataFrame:
    """Return a line per source or subject and a column per cell, in words.

    Where something fails comes first.
    """
    summed = card.groupby([by, "kahn_category"], sort=True)[COUNTS].sum()
    words = summed.apply(lambda row: cell_of(*row[COUNTS]), axis=1)
    grid = (
        words.rename("words")
        .reset_index()
        .pivot_table(
            index=by,
            columns="kahn_category",
            values="words",
            aggfunc="first",
            fill_value="",
        )
    )
    is_kept = summed["failed"].groupby(level=by).sum() == 0
    grid = grid.loc[is_kept.sort_values(kind="stable").index]
    grid.columns = [str(name).replace("/", ", ") for name in grid.columns]
    grid.index.name = "Source" if by == "source_system" else "Feed or mart"
    return grid


def cell_of(passed: float, failed: float, not_applicable: float) -> str:
    """Return how checks stand; what had nothing to judge is not among the passed."""
    judged = int(passed + failed)
    if not judged:
        return f"○ none of {int(not_applicable):,} applies"
    sign = "✕" if failed else "●"
    return f"{sign} {int(passed):,} of {judged:,} ({percent(passed, judged)})"


def styled(grid: pd.DataFrame) -> Styler:
    """Return the grid with its colours."""
    return grid.style.map(lambda words: LOOKS.get(words[:1], ""))


def as_csv(card: pd.DataFrame) -> str:
    """Return the numbers behind the grid, one line per source, subject and cell."""
    return card.to_csv(index=False)
