"""A picture of alerts about medicines. Every bar is named and bears its number."""

import altair as alt
import pandas as pd

from dashboards.quality.alert_words import SEVERITIES
from dashboards.quality.laboratory_charts import named_bars

# Okabe-Ito; the name of each bar says the grade as well.
COLOURS = {
    "contraindicated": "#D55E00",
    "major": "#E69F00",
    "moderate": "#0072B2",
    "minor": "#7A8894",
}


def alert_chart(rates: pd.DataFrame) -> alt.LayerChart:
    """Return a bar for each kind and grade: alerts per 100 prescriptions."""
    colour = alt.Color(
        "severity_code:N",
        scale=alt.Scale(domain=list(SEVERITIES), range=list(COLOURS.values())),
        legend=None,
    )
    order = rates["name"].tolist()
    return named_bars(rates, "name", "per_100_prescriptions", "told", order, colour)
