"""Where words of a lane have room: right of their place, left of it, or nowhere."""

import pandas as pd

# What a letter takes of the width of a picture on a desk.
LETTER = 0.0062
LEFT, RIGHT = "left", "right"


def placed_labels(
    lanes: pd.Series,
    begins: pd.Series,
    words: pd.Series,
    short: pd.Series | None = None,
) -> pd.DataFrame:
    """Return words that do not run into each other, with their side, row by row.

    ``begins`` says where each stands, 0 to 1. Words begin there, or end there where
    the next ones of the lane, or the edge, are too near. Without room for either,
    ``short`` stands there, or nothing: the pointer and the table tell them.
    """
    labels = pd.DataFrame({"lane": lanes, "at": begins, "words": words, "align": LEFT})
    labels["short"] = "" if short is None else short
    ordered = labels.sort_values(["lane", "at"], kind="stable")
    for _, of_lane in ordered.groupby("lane"):
        free_from = 0.0
        following = [*of_lane["at"].iloc[1:], 1.0]
        for row, after in zip(of_lane.itertuples(), following, strict=True):
            needed = len(row.words) * LETTER
            if row.at >= free_from and row.at + needed <= after:
                free_from = row.at + needed
            elif row.at - needed >= free_from:
                labels.loc[row.Index, "align"] = RIGHT
                free_from = row.at
            else:
                is_free = row.at >= free_from
                labels.loc[row.Index, "words"] = row.short if is_free else ""
                free_from = max(free_from, row.at + len(row.short) * LETTER)
    return labels[["words", "align"]]
