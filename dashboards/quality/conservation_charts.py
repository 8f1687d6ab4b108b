"""Two pictures: what became of every row of a feed, and the record day by day."""

from collections.abc import Collection

import altair as alt
import pandas as pd

from dashboards.quality.conservation_words import DAY_STATES, FATES
from dashboards.quality.words import feed_text

ROW_HEIGHT = 22
LABELS = alt.Axis(labelLimit=220, labelOverlap=False)
SIGN_COLOUR = "#FFFFFF"


def fates_of(steps: pd.DataFrame, parts: pd.DataFrame) -> pd.DataFrame:
    """Return of each feed how many rows had which fate, and which share that is.

    A refused row that was released is among the versions, not among the refused.
    """
    told = parts.rename(columns={"part_code": "fate", "part_count": "count"})
    told = told.assign(fate=told["fate"].replace({"same_study": "in_mart"}))
    is_current = (told["step_code"] == "current") & (told["fate"] == "current")
    wanted = told["step_code"].isin(["landed", "decided", "current", "shown"])
    told = told[wanted & ~is_current & told["fate"].isin(list(FATES))]
    lost = steps[steps["missing_count"] > 0].assign(
        fate="missing", count=lambda frame: frame["missing_count"]
    )
    columns = ["subject", "fate", "count"]
    every = pd.concat([told[columns], lost[columns]], ignore_index=True)
    every = every[(every["count"] > 0) & (every["subject"] != "")]
    summed = every.groupby(["subject", "fate"], as_index=False)["count"].sum()
    totals = summed.groupby("subject")["count"].transform("sum")
    return summed.assign(share=summed["count"] / totals)


def flow_chart(fates: pd.DataFrame, broken: Collection[str]) -> alt.LayerChart:
    """Return a bar per feed, all of its rows long, in parts named by their fate.

    ``broken`` are the feeds of which a step loses or adds something.
    """
    places = {fate: position for position, fate in enumerate(FATES)}
    drawn = fates.assign(
        feed=fates["subject"].map(feed_text),
        became=fates["fate"].map(lambda fate: FATES[fate][0]),
        place=fates["fate"].map(places),
    )
    feeds = sorted(drawn["feed"].unique())
    y = alt.Y("feed:N", sort=feeds, title=None, axis=LABELS)
    bars = (
        alt.Chart(drawn)
        .mark_bar(height=14, stroke="white", strokeWidth=1)
        .encode(
            y=y,
            x=alt.X(
                "share:Q",
                stack="zero",
                title="share of the rows that were made",
                axis=alt.Axis(format="%"),
                scale=alt.Scale(domain=[0, 1]),
            ),
            color=_colour_of_fate(set(drawn["became"])),
            order=alt.Order("place:Q"),
            tooltip=[
                alt.Tooltip("feed:N", title="Feed"),
                alt.Tooltip("became:N", title="What became of them"),
                alt.Tooltip("count:Q", title="Rows", format=","),
                alt.Tooltip("share:Q", title="Share", format=".2%"),
            ],
        )
    )
    numbers = (
        alt.Chart(_totals(drawn, broken))
        .mark_text(align="left", dx=4)
        .encode(y=y, x=alt.datum(1), text="told:N")
    )
    return (bars + numbers).properties(
        height=ROW_HEIGHT * len(feeds), width="container", padding={"right": 70}
    )


def _colour_of_fate(present: set[str]) -> alt.Color:
    names = [name for name, _ in FATES.values()]
    colours = [colour for _, colour in FATES.values()]
    legend = alt.Legend(
        orient="bottom",
        columns=3,
        labelLimit=260,
        values=[name for name in names if name in present],
    )
    scale = alt.Scale(domain=names, range=colours)
    return alt.Color(
        "became:N", title="What became of them", scale=scale, legend=legend
    )


def _totals(drawn: pd.DataFrame, broken: Collection[str]) -> pd.DataFrame:
    """Return how many rows each feed has, with a sign of whether all have a name."""
    totals = drawn.groupby(["subject", "feed"], as_index=False)["count"].sum()
    signs = ["▲" if subject in broken else "●" for subject in totals["subject"]]
    pairs = zip(signs, totals["count"], strict=True)
    return totals[["feed"]].assign(told=[f"{sign} {count:,}" for sign, count in pairs])


def day_chart(days: pd.DataFrame) -> alt.LayerChart:
    """Return a table of the record by day of change: a sign and a colour each."""
    drawn = days.assign(
        table=days["feed"].map(feed_text),
        day=days["changed_on"].map(lambda day: f"{day:%Y-%m-%d}"),
        shown=[_shown(day) for day in days.itertuples()],
    )
    drawn["sign"] = drawn["shown"].map(lambda shown: DAY_STATES[shown][0])
    drawn["found"] = drawn["shown"].map(lambda shown: DAY_STATES[shown][1])
    tables, dates = sorted(drawn["table"].unique()), sorted(drawn["day"].unique())
    x = alt.X(
        "day:O",
        sort=dates,
        title="day of change (UTC)",
        axis=alt.Axis(labelAngle=-60),
    )
    y = alt.Y("table:N", sort=tables, title=None, axis=LABELS)
    cells = (
        alt.Chart(drawn)
        .mark_rect(stroke="white")
        .encode(
            x=x,
            y=y,
            color=alt.Color(
                "found:N",
                title=None,
                scale=alt.Scale(
                    domain=[name for _, name, _ in DAY_STATES.values()],
                    range=[colour for _, _, colour in DAY_STATES.values()],
                ),
                legend=alt.Legend(orient="bottom"),
            ),
            tooltip=[
                alt.Tooltip("table:N", title="Table"),
                alt.Tooltip("day:N", title="Day of change"),
                alt.Tooltip("found:N", title="Found"),
                alt.Tooltip("record_count:Q", title="In the record", format=","),
                alt.Tooltip("warehouse_count:Q", title="In the warehouse", format=","),
                alt.Tooltip("missing_count:Q", title="Missing", format=","),
                alt.Tooltip("extra_count:Q", title="Too many", format=","),
                alt.Tooltip("different_count:Q", title="Different", format=","),
                alt.Tooltip("refused_count:Q", title="Refused, waiting", format=","),
                alt.Tooltip("waiting_count:Q", title="Being processed", format=","),
            ],
        )
    )
    signs = cells.mark_text(color=SIGN_COLOUR).encode(
        text="sign:N", color=alt.value(SIGN_COLOUR)
    )
    return (cells + signs).properties(
        height=ROW_HEIGHT * len(tables), width="container"
    )


def _shown(day: tuple) -> str:
    """Return a day's state; one that is as written but for refused entries says so."""
    if day.state != "different" and day.refused_count:
        return "refused"
    return day.state
