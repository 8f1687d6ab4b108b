"""Pictures of the laboratory's counts. Every bar is named and bears its number."""

import altair as alt
import pandas as pd

from dashboards.quality.judgement_words import (
    CRITICAL,
    GROUPS,
    NORMAL,
    NOT_JUDGED,
    OUTSIDE,
)

# Okabe-Ito.
COLOURS = {
    NORMAL: "#0072B2",
    OUTSIDE: "#E69F00",
    CRITICAL: "#D55E00",
    NOT_JUDGED: "#7A8894",
}
CLOCK_COLOURS = {"acknowledged": "#0072B2", "open": "#D55E00"}
BAR = 18
ROW_HEIGHT = 26
# Longer names would leave no room for the bars on a phone.
LONGEST_LABEL = 150
# A bar leaves room for its own number, on a phone too.
ROOM = 1.7


def group_chart(groups: pd.DataFrame) -> alt.LayerChart:
    """Return a bar for each group of judgements, with its share of all results."""
    colour = alt.Color(
        "group:N",
        scale=alt.Scale(domain=list(COLOURS), range=list(COLOURS.values())),
        legend=None,
    )
    return named_bars(groups, "group", "results", "told", list(GROUPS), colour)


def analyte_chart(analytes: pd.DataFrame) -> alt.LayerChart:
    """Return a bar for each analyte: its numbers without a range."""
    order = analytes["analyte"].tolist()
    colour = alt.value(COLOURS[NOT_JUDGED])
    return named_bars(analytes, "analyte", "without", "told", order, colour)


def clock_chart(bands: pd.DataFrame, colour: str) -> alt.LayerChart:
    """Return a bar for each band of time, the shortest on top."""
    order = bands["band"].tolist()
    return named_bars(bands, "band", "results", "told", order, alt.value(colour))


def named_bars(
    rows: pd.DataFrame,
    name: str,
    number: str,
    told: str,
    order: list[str],
    colour: alt.Color | dict,
) -> alt.LayerChart:
    """Return lying bars in an order, named on the left, with ``told`` at their ends."""
    most = max(float(rows[number].max()), 1.0) * ROOM
    base = alt.Chart(rows).encode(
        y=alt.Y(
            f"{name}:N",
            sort=order,
            title=None,
            axis=alt.Axis(labelLimit=LONGEST_LABEL, ticks=False, domain=False),
        ),
        x=alt.X(
            f"{number}:Q",
            title=None,
            axis=None,
            scale=alt.Scale(domain=[0, most]),
        ),
        tooltip=[alt.Tooltip(f"{name}:N", title=" "), alt.Tooltip(f"{told}:N")],
    )
    bars = base.mark_bar(size=BAR).encode(color=colour)
    texts = base.mark_text(align="left", dx=4).encode(text=f"{told}:N")
    return (bars + texts).properties(height=ROW_HEIGHT * len(rows), width="container")
