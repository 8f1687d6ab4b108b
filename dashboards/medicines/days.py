"""The days of a year of which a medicine's adherence is told: what each of them was."""

from datetime import date
from typing import Any

import altair as alt
import pandas as pd

from dashboards.chart.words import date_text

COVERED, NOT_COVERED, IN_HOSPITAL = "Covered", "Not covered", "In hospital"
# Okabe-Ito; the sign in each day says the same as the colour.
LOOKS = {
    COVERED: ("\u25cf", "#56B4E9"),
    NOT_COVERED: ("\u2013", "#F6D5A0"),
    IN_HOSPITAL: ("H", "#C9C9C9"),
}
MONTHS = tuple(f"{date(2000, month, 1):%b}" for month in range(1, 13))
MONTH_PIXELS = 24
INK = "#1B2630"


def days_of(measure: Any, intervals: pd.DataFrame, stays: pd.DataFrame) -> pd.DataFrame:
    """Return the days of a measure's period, each with what it was.

    A day in hospital, from admission to the day before discharge, is neither covered
    nor not: it leaves both numbers.
    """
    days = pd.date_range(measure.period_starts_on, measure.period_ends_on)
    kinds = pd.Series(NOT_COVERED, index=days)
    for row in intervals.itertuples():
        kinds.loc[pd.Timestamp(row.starts_on) : pd.Timestamp(row.ends_on)] = COVERED
    for row in stays.itertuples():
        last = row.discharged_at.normalize() - pd.Timedelta(days=1)
        kinds.loc[row.admitted_at.normalize() : last] = IN_HOSPITAL
    return pd.DataFrame({"day": days, "kind": kinds.to_numpy()})


def calendar_of(days: pd.DataFrame) -> alt.LayerChart:
    """Return a picture of days: a month a row, each day with its colour and sign."""
    rows = days.assign(
        month=[MONTHS[day.month - 1] for day in days["day"]],
        of_month=[day.day for day in days["day"]],
        sign=[LOOKS[kind][0] for kind in days["kind"]],
        told=[date_text(day) for day in days["day"]],
    )
    kinds = [kind for kind in LOOKS if (days["kind"] == kind).any()]
    colour = alt.Color(
        "kind:N",
        scale=alt.Scale(domain=kinds, range=[LOOKS[kind][1] for kind in kinds]),
        legend=None,
    )
    base = alt.Chart(rows).encode(
        x=alt.X(
            "of_month:O",
            title=None,
            scale=alt.Scale(domain=list(range(1, 32))),
            axis=alt.Axis(labelAngle=0, orient="top", domain=False, ticks=False),
        ),
        y=alt.Y(
            "month:O",
            title=None,
            sort=list(MONTHS),
            axis=alt.Axis(domain=False, ticks=False),
        ),
        tooltip=[
            alt.Tooltip("told:N", title="Day"),
            alt.Tooltip("kind:N", title="It was"),
        ],
    )
    cells = base.mark_rect(stroke="white").encode(color=colour)
    signs = base.mark_text(fontSize=11, color=INK).encode(text="sign:N")
    months = rows["month"].nunique()
    return alt.layer(cells, signs).properties(height=MONTH_PIXELS * months + 30)


def legend_of(days: pd.DataFrame) -> str:
    """Return what the signs mean, with how many days each has."""
    counts = days["kind"].value_counts()
    return " · ".join(
        f"{LOOKS[kind][0]} {kind.lower()}: {counts[kind]}"
        for kind in LOOKS
        if kind in counts
    )
