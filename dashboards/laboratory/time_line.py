"""The time line of an accession: one lane per order, specimen and test."""

import altair as alt
import pandas as pd

LANE = 34
# In the order in which they happen; a shape and a colour each, of Okabe and Ito.
EVENTS = {
    "ordered": ("square", "#0072B2"),
    "wanted by": ("cross", "#5A646D"),
    "collected": ("circle", "#0072B2"),
    "received": ("diamond", "#0072B2"),
    "rejected": ("triangle-down", "#D55E00"),
    "asked for": ("square", "#8A8A8A"),
    "preliminary": ("triangle-right", "#E69F00"),
    "reported": ("triangle-up", "#00664B"),
    "final": ("triangle-up", "#00664B"),
    "corrected": ("diamond", "#D55E00"),
    "amended": ("diamond", "#D55E00"),
    "cancelled": ("cross", "#D55E00"),
    "withdrawn": ("cross", "#D55E00"),
    "deleted": ("cross", "#D55E00"),
    "acknowledged": ("circle", "#1B2630"),
    "done": ("square", "#00664B"),
}


def time_line(events: pd.DataFrame) -> alt.LayerChart:
    """Return a picture of events: each has a shape, a colour and its name."""
    lanes = list(dict.fromkeys(events["lane"]))
    known = {name: EVENTS.get(name, ("circle", "#5A646D")) for name in events["event"]}
    base = alt.Chart(events).encode(
        x=alt.X("at:T", title=None, axis=alt.Axis(labelOverlap=True)),
        y=alt.Y(
            "lane:N",
            sort=lanes,
            title=None,
            axis=alt.Axis(labelLimit=180, grid=True, ticks=False, domain=False),
        ),
    )
    line = base.mark_line(color="#D5DCE2", size=2).encode(detail="lane:N")
    points = base.mark_point(filled=True, size=110, opacity=1).encode(
        shape=alt.Shape(
            "event:N",
            scale=alt.Scale(
                domain=list(known), range=[shape for shape, _ in known.values()]
            ),
            legend=alt.Legend(title=None, orient="top", columns=6),
        ),
        color=alt.Color(
            "event:N",
            scale=alt.Scale(
                domain=list(known), range=[colour for _, colour in known.values()]
            ),
            legend=alt.Legend(title=None, orient="top", columns=6),
        ),
        tooltip=[
            alt.Tooltip("lane:N", title="Of"),
            alt.Tooltip("event:N", title="What"),
            alt.Tooltip("told:N", title="When"),
        ],
    )
    return (line + points).properties(height=alt.Step(LANE), width="container")
