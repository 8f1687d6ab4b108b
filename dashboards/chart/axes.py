"""Time axes that read alike on every chart, whatever the length of the period."""

from datetime import timedelta

import altair as alt
import pandas as pd

LEAST_ROOM = timedelta(days=2)
ROOM = 0.04
MOST_TICKS = 6
# A period up to so many days is labelled in this form; day before month, in letters.
FORMATS = ((3, "%-d %b %H:%M"), (90, "%-d %b"), (1100, "%b %Y"))
LONG_PERIOD = "%Y"


def time_domain(times: pd.Series) -> tuple[pd.Timestamp, pd.Timestamp]:
    """Return a period that holds all times, with a little room on both sides."""
    first, last = times.min(), times.max()
    room = max((last - first) * ROOM, LEAST_ROOM)
    return first - room, last + room


def time_axis(
    field: str, domain: tuple[pd.Timestamp, pd.Timestamp], ticks: int = MOST_TICKS
) -> alt.X:
    """Return a time axis over a period."""
    days = (domain[1] - domain[0]).days
    label = next((form for most, form in FORMATS if days <= most), LONG_PERIOD)
    return alt.X(
        f"{field}:T",
        title=None,
        scale=alt.Scale(domain=[moment.isoformat() for moment in domain]),
        axis=alt.Axis(format=label, tickCount=ticks, labelOverlap=True, grid=False),
    )
