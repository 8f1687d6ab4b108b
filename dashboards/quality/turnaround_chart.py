"""The picture of turn-around times: a bar to the ninetieth, a stroke at the median."""

import altair as alt
import pandas as pd

from dashboards.quality.laboratory_charts import BAR, LONGEST_LABEL, ROOM, ROW_HEIGHT


def turnaround_chart(bars: pd.DataFrame) -> alt.LayerChart:
    """Return lying bars in the order of the rows, in minutes, with their numbers."""
    most = max(float(bars["ninetieth"].max()), 1.0) * ROOM
    scale = alt.Scale(domain=[0, most])
    base = alt.Chart(bars).encode(
        y=alt.Y(
            "test:N",
            sort=bars["test"].tolist(),
            title=None,
            axis=alt.Axis(labelLimit=LONGEST_LABEL, ticks=False, domain=False),
        ),
        tooltip=[alt.Tooltip("test:N", title=" "), alt.Tooltip("told:N")],
    )
    # One without an axis beside one with an axis is no picture at all.
    length = base.encode(x=alt.X("ninetieth:Q", title=None, axis=None, scale=scale))
    middle = base.encode(x=alt.X("median:Q", title=None, axis=None, scale=scale))
    bar = length.mark_bar(size=BAR, color="#56B4E9")
    stroke = middle.mark_tick(size=BAR + 4, thickness=3, color="#1B2630")
    text = length.mark_text(align="left", dx=4).encode(text="told:N")
    height = ROW_HEIGHT * len(bars)
    return (bar + stroke + text).properties(height=height, width="container")
