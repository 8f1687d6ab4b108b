"""A forecast on the chart of a trend: a dashed bar with its name, never a point.

It is no result: it has no judgement, no colour of one, and no line leads to it.
"""

import altair as alt
import pandas as pd

FORECAST_COLOUR = "#0072B2"
DASHED = {"color": FORECAST_COLOUR, "strokeDash": [4, 3], "strokeWidth": 2}
COLUMNS = ["forecast_value", "forecast_low", "forecast_high", "forecast_at"]
NUMBERS = COLUMNS[:3]
NO_TRENDS = pd.DataFrame(columns=COLUMNS)
TOOLTIP = [
    alt.Tooltip("forecast_value:Q", title="Forecast, no result", format=".3~g"),
    alt.Tooltip("forecast_low:Q", title="From", format=".3~g"),
    alt.Tooltip("forecast_high:Q", title="To", format=".3~g"),
]


def forecasts_to_draw(trends: pd.DataFrame) -> pd.DataFrame:
    """Return the forecasts among trends, as numbers."""
    there = trends.loc[trends["forecast_value"].notna(), COLUMNS]
    return there.assign(**{name: pd.to_numeric(there[name]) for name in NUMBERS})


def forecast_layers(
    foretold: pd.DataFrame,
    period: tuple[pd.Timestamp, pd.Timestamp],
    values: alt.Scale,
) -> list[alt.Chart]:
    """Return the layers of forecasts, on the axes of the results."""
    times = alt.Scale(domain=[moment.isoformat() for moment in period])
    at = alt.X("forecast_at:T", title=None, scale=times)
    base = alt.Chart(foretold)
    middle = alt.Y("forecast_value:Q", scale=values)
    bar = base.mark_rule(**DASHED).encode(
        x=at,
        y=alt.Y("forecast_low:Q", scale=values),
        y2="forecast_high:Q",
        tooltip=TOOLTIP,
    )
    place = {"x": at, "y": middle, "tooltip": TOOLTIP}
    sign = base.mark_text(color=FORECAST_COLOUR, fontSize=18)
    name = base.mark_text(align="right", dx=-10, color=FORECAST_COLOUR, fontSize=11)
    return [
        bar,
        sign.encode(text=alt.value("◇"), **place),
        name.encode(text=alt.value("forecast"), **place),
    ]
