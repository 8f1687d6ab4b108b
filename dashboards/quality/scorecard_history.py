"""How the share of passed checks went on, from day to day or month to month."""

import altair as alt
import pandas as pd

PLACE = ["measured_in", "subject"]
# Okabe-Ito without its yellow, which is too light for a line; shapes tell them apart.
COLOURS = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00", "#16202a"]
NO_SOURCE = "of no single source"


def history_chart(history: pd.DataFrame) -> alt.Chart | None:
    """Return a line for each source; None while there is one day only."""
    if history["period_day"].nunique() < 2:  # noqa: PLR2004 - one point is no line
        return None
    shares = shares_of(history)
    return (
        alt.Chart(shares)
        .mark_line(point=alt.OverlayMarkDef(size=60))
        .encode(
            x=alt.X("day:T", title=None),
            y=alt.Y("share:Q", title="% passed", scale=alt.Scale(zero=False)),
            color=alt.Color("source:N", title="Source", scale=alt.Scale(range=COLOURS)),
            shape=alt.Shape("source:N", title="Source"),
            tooltip=[
                alt.Tooltip("source:N", title="Source"),
                alt.Tooltip("day:T", title="Day"),
                alt.Tooltip("share:Q", title="% passed", format=".1f"),
                alt.Tooltip("judged:Q", title="Checks judged", format=","),
            ],
        )
        .properties(height=220)
    )


def shares_of(history: pd.DataFrame) -> pd.DataFrame:
    """Return the share that passed by source and day.

    What was not judged on a day stands as it stood before.
    """
    courses = [
        _course(source, rows) for source, rows in history.groupby("source_system")
    ]
    return pd.concat(courses, ignore_index=True)


def _course(source: str, rows: pd.DataFrame) -> pd.DataFrame:
    """Return one source's share by day."""
    passed, judged = (
        rows.assign(judged=rows["passed"] + rows["failed"])
        .pivot_table(index="period_day", columns=PLACE, values=value, aggfunc="sum")
        .ffill()
        .sum(axis=1)
        for value in ("passed", "judged")
    )
    told = pd.DataFrame(
        {
            "source": source or NO_SOURCE,
            "day": pd.to_datetime(passed.index),
            "share": 100 * passed / judged.where(judged > 0),
            "judged": judged,
        }
    )
    return told.dropna()
