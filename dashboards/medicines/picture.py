"""Lanes of medicines on one time axis: doses, gaps, ends, alerts, and what was given.

Every sign has a word beside or under it: no colour tells anything alone. Heights are
compared within a lane and unit; what has no daily dose is a low bar that says why.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import altair as alt
import pandas as pd

from dashboards.chart.axes import time_axis
from dashboards.chart.medicines import ACTIVE_COLOUR, ENDED_COLOUR
from dashboards.chart.trend import extent
from dashboards.chart.words import date_text, time_text
from dashboards.medicines.administrations import MARKS
from dashboards.medicines.courses import DIED, KNOWN_ENDS, RUNNING, STOPS
from dashboards.medicines.labels import placed_labels
from dashboards.medicines.overlaps import CONTRAINDICATED, SIGNS
from dashboards.medicines.window import Window

LANE_PIXELS, AXIS_PIXELS, LEFT_PIXELS = 64, 30, 150
INK, STOP_COLOUR, LINE_COLOUR = "#1B2630", "#8A2F00", "#DDE2E6"
CONTRAINDICATED_COLOUR, MAJOR_COLOUR = "#D55E00", "#E69F00"
# From the top of a lane: the doses in words, the bars, what was given, the alerts.
WORDS, BARS, GIVEN, STRIP = 0.14, (0.26, 0.62), 0.7, (0.78, 0.96)
LOWEST, NO_DOSE = 0.35, 0.22
END_SIGNS = {RUNNING: "\u25b6", DIED: "\u2020"}
STOPPED_SIGN, ASSUMED_SIGN = "\u25a0", "?"
# What a gap or a reason needs of the width to be written into it.
ROOM_OF_WORDS = 0.12
# What of a course goes to the browser: a row has some fifty columns more.
DRAWN = [
    "lane", "place", "x", "x2", "told_x", "top", "bottom", "words_y", "label", "colour",
    "drug_name", "dose", "from_text", "until_text", "until_at", "end_code", "end_text",
    "is_end_known", "reason_name",
]  # fmt: skip
TOOLTIP = [
    alt.Tooltip("lane:N", title="Medicine"),
    alt.Tooltip("drug_name:N", title="As ordered"),
    alt.Tooltip("dose:N", title="Daily dose"),
    alt.Tooltip("from_text:N", title="From"),
    alt.Tooltip("until_text:N", title="To"),
    alt.Tooltip("end_text:N", title="End"),
    alt.Tooltip("reason_name:N", title="For"),
]


@dataclass(frozen=True)
class Shown:
    """What a picture shows: lanes in their order, and all that stands on them."""

    lanes: Sequence[str]
    courses: pd.DataFrame
    spans: pd.DataFrame
    strips: pd.DataFrame
    given: pd.DataFrame


@dataclass(frozen=True)
class Sheet:
    """Where things lie: a lane is 1 high, the first one at the top."""

    lanes: Sequence[str]
    window: Window

    def placed(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Return the rows of the lanes, with the place of each from the top."""
        places = {lane: number for number, lane in enumerate(self.lanes)}
        shown = rows[rows["lane"].isin(list(places))]
        return shown.assign(place=shown["lane"].map(places).astype(float))

    def cut(self, rows: pd.DataFrame, from_at: str, until_at: str) -> pd.DataFrame:
        """Return the rows that lie in the window, none of them beyond its edges."""
        first, last = self.window.domain
        # Without a row, a column does not know that it is of times.
        begins, ends = pd.to_datetime(rows[from_at]), pd.to_datetime(rows[until_at])
        placed = rows.assign(x=begins.clip(first, last), x2=ends.clip(first, last))
        return placed[self.window.holds(begins, ends)]

    def x(self, field: str = "x") -> alt.X:
        """Return the time axis that all layers share."""
        return time_axis(field, self.window.domain)

    def y(self, field: str) -> alt.Y:
        """Return the axis of places, which is not drawn."""
        scale = alt.Scale(
            domain=[0, len(self.lanes)], reverse=True, nice=False, zero=False
        )
        return alt.Y(f"{field}:Q", axis=None, scale=scale)

    def share_of(self, moments: pd.Series) -> pd.Series:
        """Return how far along the window moments are, 0 to 1."""
        first, last = self.window.domain
        return (moments - first) / (last - first)


def picture_of(shown: Shown, window: Window, today: pd.Timestamp) -> alt.LayerChart:
    """Return the picture of what is shown, in a window of time."""
    sheet = Sheet(shown.lanes, window)
    spans = sheet.placed(shown.spans)
    bars = _bars(sheet, shown.courses)
    layers = [
        *_names(sheet),
        *_bar_layers(sheet, bars),
        *_gap_layers(sheet, spans),
        *_end_layers(sheet, bars, spans),
        *_strip_layers(sheet, shown.strips),
        *_given_layers(sheet, shown.given),
    ]
    if window.from_at <= today <= window.until_at:
        layers.append(_today(sheet, today))
    height = LANE_PIXELS * len(shown.lanes) + AXIS_PIXELS
    together = alt.layer(*layers).resolve_scale(y="independent")
    return together.properties(height=height)


def with_heights(courses: pd.DataFrame) -> pd.DataFrame:
    """Return courses with the share of their lane that they fill.

    The highest daily dose of a lane and unit fills it; heights of two units say
    nothing of each other.
    """
    doses = courses["daily_dose"].astype(float)
    units = courses["daily_dose_unit"].fillna("")
    highest = doses.groupby([courses["lane"], units]).transform("max")
    share = (LOWEST + (1 - LOWEST) * doses / highest).fillna(NO_DOSE)
    return courses.assign(height=share * (BARS[1] - BARS[0]))


def _names(sheet: Sheet) -> list[alt.Chart]:
    """Return the names of the lanes, and a line above each."""
    rows = pd.DataFrame({"lane": list(sheet.lanes), "x": sheet.window.from_at})
    names = alt.Y(
        "lane:N",
        sort=list(sheet.lanes),
        title=None,
        scale=alt.Scale(type="band", padding=0),
        axis=alt.Axis(
            labelLimit=LEFT_PIXELS, domain=False, ticks=False, **extent(LEFT_PIXELS)
        ),
    )
    lines = alt.Chart(sheet.placed(rows)).mark_rule(color=LINE_COLOUR)
    return [
        alt.Chart(rows).mark_point(opacity=0).encode(x=sheet.x(), y=names),
        lines.encode(y=sheet.y("place")),
    ]


def _bars(sheet: Sheet, courses: pd.DataFrame) -> pd.DataFrame:
    """Return the courses as bars, each new dose of a lane in words."""
    placed = sheet.placed(with_heights(courses))
    inside = sheet.cut(placed, "from_at", "until_at")
    told = inside.sort_values(["place", "x"], kind="stable")
    is_new = told["short_dose"] != told.groupby("place")["short_dose"].shift()
    bars = told.assign(
        told_x=told["told_until"].clip(told["x"], told["x2"]),
        top=told["place"] + BARS[1] - told["height"],
        bottom=told["place"] + BARS[1],
        words_y=told["place"] + WORDS,
        label=told["short_dose"].where(is_new, ""),
        from_text=[time_text(moment) for moment in told["taken_from"]],
        until_text=[time_text(moment) for moment in told["until_at"]],
        colour=told["is_running"].map({True: ACTIVE_COLOUR, False: ENDED_COLOUR}),
    )
    return bars[DRAWN]


def _bar_layers(sheet: Sheet, bars: pd.DataFrame) -> list[alt.Chart]:
    """Return what is told as full bars, what is assumed pale with a dashed edge."""
    colour = alt.Color("colour:N", scale=None)
    told = (
        alt.Chart(bars[bars["told_x"] > bars["x"]])
        .mark_rect(opacity=0.75, stroke="white", strokeWidth=1)
        .encode(
            x=sheet.x(), x2="told_x:T", y=sheet.y("top"), y2="bottom:Q", color=colour,
            tooltip=TOOLTIP,
        )
    )  # fmt: skip
    assumed = (
        alt.Chart(bars[bars["x2"] > bars["told_x"]])
        .mark_rect(fillOpacity=0.12, strokeDash=[4, 3], strokeWidth=1.5)
        .encode(
            x=sheet.x("told_x"), x2="x2:T", y=sheet.y("top"), y2="bottom:Q",
            fill=alt.Fill("colour:N", scale=None),
            stroke=alt.Stroke("colour:N", scale=None), tooltip=TOOLTIP,
        )
    )  # fmt: skip
    # A course of hours is thinner than a line: a stroke keeps it in sight.
    starts = (
        alt.Chart(bars)
        .mark_rule(strokeWidth=2)
        .encode(
            x=sheet.x(), y=sheet.y("top"), y2="bottom:Q", color=colour, tooltip=TOOLTIP
        )
    )
    labels = bars[bars["label"] != ""]
    return [told, assumed, starts, *_words(sheet, labels, "label", TOOLTIP)]


def _words(
    sheet: Sheet,
    rows: pd.DataFrame,
    field: str,
    tooltip: list[alt.Tooltip],
    short: pd.Series | None = None,
) -> list[alt.Chart]:
    """Return words where there is room for them, ``short`` ones where there is less."""
    begins = sheet.share_of(rows["x"])
    labels = placed_labels(rows["place"], begins, rows[field], short)
    told = rows.assign(words=labels["words"], align=labels["align"])
    return [
        alt.Chart(of_side)
        .mark_text(align=align, dx=3 if align == "left" else -3, fontSize=11, color=INK)
        .encode(x=sheet.x(), y=sheet.y("words_y"), text="words:N", tooltip=tooltip)
        for align, of_side in told[told["words"] != ""].groupby("align")
    ]


def _gap_layers(sheet: Sheet, spans: pd.DataFrame) -> list[alt.Chart]:
    """Return gaps as dotted lines, with their days where there is room."""
    after = spans[spans["gap_days"] > 0]
    begins = spans.groupby("lane")["from_at"].shift(-1)
    gaps = after.assign(next_at=begins.reindex(after.index))
    gaps = sheet.cut(gaps, "until_at", "next_at")
    width = sheet.share_of(gaps["x2"]) - sheet.share_of(gaps["x"])
    days = [
        f"gap, {days} {'day' if days == 1 else 'days'}" for days in gaps["gap_days"]
    ]
    gaps = gaps.assign(
        y=gaps["place"] + BARS[1] - 0.03,
        told=days,
        middle=gaps["x"] + (gaps["x2"] - gaps["x"]) / 2,
    )
    lines = (
        alt.Chart(gaps)
        .mark_rule(strokeDash=[2, 3], color=INK)
        .encode(
            x=sheet.x(), x2="x2:T", y=sheet.y("y"),
            tooltip=[alt.Tooltip("lane:N"), alt.Tooltip("told:N", title="Gap")],
        )
    )  # fmt: skip
    words = (
        alt.Chart(gaps[width >= ROOM_OF_WORDS])
        .mark_text(fontSize=11, dy=-8, color=INK)
        .encode(x=sheet.x("middle"), y=sheet.y("y"), text="told:N")
    )
    return [lines, words]


def _end_layers(
    sheet: Sheet, bars: pd.DataFrame, spans: pd.DataFrame
) -> list[alt.Chart]:
    """Return a sign where a span ends: known, assumed, or taken now."""
    keys = ["lane", "until_at"]
    # Of several courses that end a span together, a known stop tells most.
    last = bars.sort_values("is_end_known").drop_duplicates(keys, keep="last")
    ends = last.merge(spans[[*keys, "gap_days"]], on=keys)
    ends = ends[ends["until_at"] <= sheet.window.until_at]
    codes = ends["end_code"]
    signs = codes.map(END_SIGNS).fillna(STOPPED_SIGN)
    free = spans.groupby("lane")["from_at"].shift(-1).fillna(sheet.window.domain[1])
    free = ends.merge(spans.assign(free=free)[[*keys, "free"]], on=keys)["free"]
    free = pd.Series(free.to_numpy(), index=ends.index)
    room = sheet.share_of(free) - sheet.share_of(ends["until_at"])
    has_words = codes.isin(STOPS) & (room >= 2 * ROOM_OF_WORDS)
    ends = ends.assign(
        sign=signs.where(codes.isin(KNOWN_ENDS), ASSUMED_SIGN),
        words=ends["end_text"].where(has_words, ""),
        y=ends["place"] + BARS[1] - 0.14,
        sign_colour=codes.isin(STOPS).map({True: STOP_COLOUR, False: INK}),
    )
    base = alt.Chart(ends).encode(
        x=sheet.x("x2"), y=sheet.y("y"), color=alt.Color("sign_colour:N", scale=None)
    )
    marks = base.mark_text(align="left", dx=2, fontSize=15, fontWeight="bold")
    words = base.mark_text(align="left", dx=17, fontSize=11, limit=260)
    return [
        marks.encode(text="sign:N", tooltip=TOOLTIP),
        words.encode(text="words:N", tooltip=TOOLTIP),
    ]


def _strip_layers(sheet: Sheet, strips: pd.DataFrame) -> list[alt.Chart]:
    """Return alerts as strips under both lanes, each with its sign and words."""
    placed = sheet.cut(sheet.placed(strips), "began_at", "ended_at")
    is_worst = placed["severity"] == CONTRAINDICATED
    placed = placed.assign(
        top=placed["place"] + STRIP[0],
        bottom=placed["place"] + STRIP[1],
        words_y=placed["place"] + sum(STRIP) / 2,
        colour=is_worst.map({True: CONTRAINDICATED_COLOUR, False: MAJOR_COLOUR}),
        period=[
            f"{time_text(row.began_at)} to {time_text(row.ended_at)}"
            for row in placed.itertuples()
        ],
    )
    tooltip = [
        alt.Tooltip("lane:N", title="Medicine"),
        alt.Tooltip("all:N", title="Alert"),
        alt.Tooltip("period:N", title="When"),
    ]
    strips_layer = (
        alt.Chart(placed)
        .mark_rect(fillOpacity=0.35, strokeWidth=1)
        .encode(
            x=sheet.x(), x2="x2:T", y=sheet.y("top"), y2="bottom:Q",
            fill=alt.Fill("colour:N", scale=None),
            stroke=alt.Stroke("colour:N", scale=None), tooltip=tooltip,
        )
    )  # fmt: skip
    signs = placed["severity"].map(SIGNS)
    return [strips_layer, *_words(sheet, placed, "told", tooltip, signs)]


def _given_layers(sheet: Sheet, given: pd.DataFrame) -> list[alt.Chart]:
    """Return doses given and not given in hospital, by shape and colour."""
    placed = sheet.cut(sheet.placed(given), "at", "at")
    if placed.empty:
        return []
    looks = {mark.word: mark for mark in MARKS}
    placed = placed.assign(
        y=placed["place"] + GIVEN,
        shape=[looks[word].shape for word in placed["mark"]],
        colour=[looks[word].colour for word in placed["mark"]],
    )
    marks = (
        alt.Chart(placed)
        .mark_point(filled=True, size=45, opacity=0.9)
        .encode(
            x=sheet.x(),
            y=sheet.y("y"),
            shape=alt.Shape("shape:N", scale=None),
            color=alt.Color("colour:N", scale=None),
            tooltip=[
                alt.Tooltip("lane:N", title="Medicine"),
                alt.Tooltip("told:N", title="Doses"),
            ],
        )
    )
    return [marks]


def _today(sheet: Sheet, today: pd.Timestamp) -> alt.Chart:
    rows = pd.DataFrame({"x": [today], "told": [f"Today, {date_text(today)}"]})
    return (
        alt.Chart(rows)
        .mark_rule(color=INK, strokeDash=[6, 4], opacity=0.6)
        .encode(x=sheet.x(), tooltip=[alt.Tooltip("told:N", title="")])
    )
