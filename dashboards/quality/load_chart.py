"""The picture of loads over time: what became of their rows.

One panel each for landed, unchanged and refused: beside the first load of a source the
daily ones, and among the rows of any load the refused, would be too small to see. For
the same reason heights grow with the logarithm.
"""

import altair as alt
import pandas as pd

# Okabe-Ito; each panel is named, so that colour is not needed.
PANELS = (
    ("landed", "Landed", "#0072B2"),
    ("unchanged", "Unchanged", "#7A8894"),
    ("refused", "Refused", "#D55E00"),
)
MOST_BARS = 40
HEIGHT = 90
# Heights up to this are in proportion; it keeps nothing, and one row, apart.
LINEAR_UP_TO = 1


def load_chart(loads: pd.DataFrame) -> alt.VConcatChart:
    """Return rows of the last loads, oldest left."""
    drawn = loads.head(MOST_BARS).sort_values("delivery_id")
    named = drawn.assign(
        refused=drawn["refused_rows"] + drawn["refused_records"],
        load=drawn["delivery_id"].astype(str),
        at=drawn["landed_at"].dt.strftime("%-d %b %Y, %H:%M"),
    )
    last, _, _ = PANELS[-1]
    return alt.vconcat(
        *(
            _panel(named, column, title, colour, with_loads=column == last)
            for column, title, colour in PANELS
        )
    )


def _panel(
    loads: pd.DataFrame, column: str, title: str, colour: str, *, with_loads: bool
) -> alt.Chart:
    x_axis = alt.Axis(labelAngle=0, labels=with_loads, ticks=with_loads)
    y_axis = alt.Axis(format=",d", values=[0, 10, 1_000, 100_000, 10_000_000])
    scale = alt.Scale(type="symlog", constant=LINEAR_UP_TO)
    return (
        alt.Chart(loads)
        .mark_bar(size=14, color=colour)
        .encode(
            x=alt.X(
                "load:O",
                sort=loads["load"].tolist(),
                title="Load" if with_loads else None,
                axis=x_axis,
            ),
            y=alt.Y(f"{column}:Q", title=title, scale=scale, axis=y_axis),
            tooltip=[
                alt.Tooltip("load:O", title="Load"),
                alt.Tooltip("source_system:N", title="Source"),
                alt.Tooltip("at:N", title="Landed"),
                alt.Tooltip(f"{column}:Q", title=title, format=","),
            ],
        )
        .properties(height=HEIGHT, width="container")
    )
