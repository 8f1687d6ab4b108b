"""Doses given, withheld, refused or missed in hospital, as marks on the lanes."""

from dataclasses import dataclass

import pandas as pd

from dashboards.chart.medicines import medicine_name
from dashboards.chart.words import capitalised, time_text
from dashboards.medicines.window import Window

# More marks than these beside each other are one blot: those of one step are one mark.
STEPS = 150


@dataclass(frozen=True)
class Mark:
    """How a dose is drawn: what became of it in words, shape and colour."""

    word: str
    shape: str
    colour: str


GIVEN = Mark("Given", "circle", "#1B2630")
NOT_GIVEN = Mark("Not given", "cross", "#D55E00")
NOT_KNOWN = Mark("Not known whether given", "square", "#8A8A8A")
MARKS = (GIVEN, NOT_GIVEN, NOT_KNOWN)


def doses_of(administrations: pd.DataFrame) -> pd.DataFrame:
    """Return the doses with their lane and what became of each."""
    rows = list(administrations.itertuples())
    return administrations.assign(
        lane=[
            capitalised(row.ingredient_name)
            if isinstance(row.ingredient_name, str)
            else medicine_name(row.drug_name)
            for row in rows
        ],
        mark=[_mark(row.is_given).word for row in rows],
    )


def marks_of(doses: pd.DataFrame, window: Window) -> pd.DataFrame:
    """Return the marks of a window: doses of one lane, step and fate are one."""
    shown = doses[window.holds(doses["administered_at"], doses["administered_at"])]
    step = (window.until_at - window.from_at) / STEPS
    number = ((shown["administered_at"] - window.from_at) / step).astype(int)
    rows = [
        {
            "lane": lane,
            "mark": mark,
            "at": of_mark["administered_at"].min(),
            "told": _told(mark, of_mark),
        }
        for (lane, mark, _), of_mark in shown.groupby(["lane", "mark", number])
    ]
    return pd.DataFrame(rows, columns=["lane", "mark", "at", "told"])


def reasons_of(doses: pd.DataFrame) -> str:
    """Return why doses were not given, the most frequent reasons first."""
    names = doses["reason_name"].fillna(doses["status_code"]).map(capitalised)
    return "; ".join(
        f"{name} ({count})" if count > 1 else name
        for name, count in names.value_counts().items()
    )


def _mark(is_given: bool | None) -> Mark:  # noqa: FBT001 - a value of the frame
    if pd.isna(is_given):
        return NOT_KNOWN
    return GIVEN if is_given else NOT_GIVEN


def _told(mark: str, doses: pd.DataFrame) -> str:
    """Return how many doses a mark stands for, when, and why they were not given."""
    first, last = doses["administered_at"].min(), doses["administered_at"].max()
    when = (
        time_text(first)
        if first == last
        else f"{time_text(first)} to {time_text(last)}"
    )
    count = f"{len(doses)} times, " if len(doses) > 1 else ""
    reasons = f": {reasons_of(doses)}" if mark == NOT_GIVEN.word else ""
    return f"{mark.lower()}, {count}{when}{reasons}"
