"""The trend of one analyte in one unit: range band, line, points by judgement.

The band is the range that each result was judged by, so it steps where the laboratory
changed its range. A value with a comparator is an interval: it is drawn hollow with its
label and a dashed bar from the limit to where the value may lie, and the line passes it
by; so it does a preliminary result, which may be critical.
What is no number, withdrawn or not yet measured is in the table only.
"""

from dataclasses import dataclass

import altair as alt
import pandas as pd

from dashboards.chart.axes import time_axis, time_domain
from dashboards.chart.flags import FLAGS
from dashboards.chart.forecast import (
    NO_TRENDS,
    forecast_layers,
    forecasts_to_draw,
)

BAND_COLOUR = "#009E73"
DEFAULT_BAND_COLOUR = "#7A7A7A"
LINE_COLOUR = "#8A97A3"
PADDING = 0.12
HEIGHT = 360
POINT_SIZE = 110
PICKED_SIZE = 330
# Two triangles on top of each other, so that critical differs from high without colour.
DOUBLE_UP = "M0,-1.2L1,0L-1,0Z M0,0L1,1.2L-1,1.2Z"
DOUBLE_DOWN = "M0,1.2L1,0L-1,0Z M0,0L1,-1.2L-1,-1.2Z"
DOUBLE_DIAMOND = "M0,-1.2L0.8,-0.4L0,0.4L-0.8,-0.4Z M0,-0.4L0.8,0.4L0,1.2L-0.8,0.4Z"
SHAPES = {"▲▲": DOUBLE_UP, "▼▼": DOUBLE_DOWN, "◆◆": DOUBLE_DIAMOND}
TOOLTIP = [
    alt.Tooltip("collected_text:N", title="Collected"),
    alt.Tooltip("shown_value:N", title="Result"),
    alt.Tooltip("value_text:N", title="As delivered"),
    alt.Tooltip("shown_range:N", title="Range"),
    alt.Tooltip("shown_basis:N", title="Range from"),
    alt.Tooltip("judgement:N", title="Judgement"),
    alt.Tooltip("shown_laboratory_flag:N", title="Laboratory's flag"),
    alt.Tooltip("seen_by:N", title="Acknowledged"),
    alt.Tooltip("note:N", title="Note"),
]


def drawable(results: pd.DataFrame) -> pd.DataFrame:
    """Return the results that have a place on a number line."""
    is_preliminary = results["result_status_code"].eq("preliminary")
    return results[results["plotted"].notna() & (results["is_usable"] | is_preliminary)]


@dataclass(frozen=True)
class Frame:
    """How a chart lies beside others: the same time, height, room left of its axis."""

    period: tuple[pd.Timestamp, pd.Timestamp] | None = None
    height: int = HEIGHT
    left_pixels: int | None = None


ALONE = Frame()


def trend_chart(
    results: pd.DataFrame,
    trends: pd.DataFrame | None = None,
    frame: Frame = ALONE,
    picked: alt.Parameter | None = None,
) -> alt.LayerChart:
    """Return the chart of drawable results, all of one analyte and unit.

    ``trends`` may hold forecasts of it: they are drawn dashed, and called so.
    ``picked`` lets a click choose a point, which is drawn larger then.
    """
    unit = results["unit"].iloc[-1]
    foretold = forecasts_to_draw(NO_TRENDS if trends is None else trends)
    low, high = _value_domain(results, foretold)
    period = frame.period or time_domain(
        results["collected_at"]
        if foretold.empty
        else pd.concat([results["collected_at"], foretold["forecast_at"]])
    )
    scale = alt.Scale(domain=[low, high], nice=False, zero=False)
    y_axis = alt.Y(
        "plotted:Q",
        # Charts below each other are told apart by headings: axes stay equally wide.
        title=(unit or "Value") if frame.left_pixels is None else None,
        scale=scale,
        axis=alt.Axis(format="~f", **extent(frame.left_pixels)),
    )
    x_axis = time_axis("collected_at", period)
    bands = _band_pieces(results, (low, high), period)
    layers = [_band(of_colour, colour) for colour, of_colour in bands.groupby("colour")]
    exact = results[results["comparator"].isna() & results["is_usable"]]
    layers.append(
        alt.Chart(exact)
        .mark_line(color=LINE_COLOUR, strokeWidth=1.5)
        .encode(x=x_axis, y=y_axis)
    )
    layers += _bounds(results, (low, high), x_axis, y_axis)
    layers += _points(results, x_axis, y_axis, picked)
    if not foretold.empty:
        layers += forecast_layers(foretold, period, scale)
    return alt.layer(*layers).properties(height=frame.height)


def extent(pixels: int | None) -> dict[str, int]:
    """Return what makes axes of charts below each other equally wide."""
    return {} if pixels is None else {"minExtent": pixels, "maxExtent": pixels}


def _bounds(
    results: pd.DataFrame, domain: tuple[float, float], x: alt.X, y: alt.Y
) -> list[alt.Chart]:
    """Return the bars from a limit to where a value beyond it may lie."""
    bounds = results[results["comparator"].notna()]
    if bounds.empty:
        return []
    is_below = bounds["comparator"].str.startswith("<")
    ends = is_below.map({True: domain[0], False: domain[1]})
    bars = alt.Chart(bounds.assign(bound_end=ends)).mark_rule(
        color=LINE_COLOUR, strokeWidth=3, strokeDash=[4, 3]
    )
    return [bars.encode(x=x, y=y, y2="bound_end:Q")]


def _band(pieces: pd.DataFrame, colour: str) -> alt.Chart:
    return (
        alt.Chart(pieces)
        .mark_rect(opacity=0.16, color=colour)
        .encode(
            x="from_at:T",
            x2="to_at:T",
            y="low:Q",
            y2="high:Q",
        )
    )


def _points(
    results: pd.DataFrame, x: alt.X, y: alt.Y, picked: alt.Parameter | None
) -> list[alt.Chart]:
    present = [flag for flag in FLAGS if (results["flag_word"] == flag.word).any()]
    words = [flag.word for flag in present]
    colours = [flag.colour for flag in present]
    shapes = [SHAPES.get(flag.sign, flag.shape) for flag in present]
    legend = alt.Legend(title=None, orient="bottom", symbolSize=POINT_SIZE)
    judged = {
        "color": alt.Color(
            "flag_word:N", scale=alt.Scale(domain=words, range=colours), legend=legend
        ),
        "shape": alt.Shape(
            "flag_word:N", scale=alt.Scale(domain=words, range=shapes), legend=legend
        ),
        "tooltip": TOOLTIP,
        "size": alt.value(POINT_SIZE)
        if picked is None
        else alt.condition(picked, alt.value(PICKED_SIZE), alt.value(POINT_SIZE)),
    }
    is_final = results["is_usable"].astype(bool)
    is_bound = results["comparator"].notna() | ~is_final
    results = results.assign(
        hollow_label=results["plain_value"].where(
            is_final, results["plain_value"] + " not final"
        )
    )
    exact = alt.Chart(results[~is_bound]).mark_point(filled=True, opacity=1)
    bounds = alt.Chart(results[is_bound]).mark_point(filled=False, strokeWidth=2)
    if picked is not None:
        exact, bounds = exact.add_params(picked), bounds.add_params(picked)
    labels = alt.Chart(results[is_bound]).mark_text(dy=-14, fontSize=11)
    layers = [
        exact.encode(x=x, y=y, **judged),
    ]
    if is_bound.any():
        layers += [
            bounds.encode(x=x, y=y, **judged),
            labels.encode(x=x, y=y, text="hollow_label:N"),
        ]
    return layers


def _band_pieces(
    results: pd.DataFrame,
    value_domain: tuple[float, float],
    time_domain: tuple[pd.Timestamp, pd.Timestamp],
) -> pd.DataFrame:
    """Return one rectangle per stretch of time over which the range was the same."""
    ranges = results[["collected_at", "range_low", "range_high", "is_default_range"]]
    ranges = ranges.sort_values("collected_at")
    limits = ranges[["range_low", "range_high", "is_default_range"]].fillna(-1e300)
    stretch = (limits != limits.shift()).any(axis=1).cumsum()
    pieces = ranges.groupby(stretch).first()
    # The band changes halfway between results: each lies in its own range alone.
    times = ranges.groupby(stretch)["collected_at"]
    first, last = times.min(), times.max()
    halfway = last + (first.shift(-1) - last) / 2
    pieces["from_at"] = halfway.shift().fillna(time_domain[0])
    pieces["to_at"] = halfway.fillna(time_domain[1])
    pieces = pieces.dropna(subset=["range_low", "range_high"], how="all")
    return pieces.assign(
        low=pieces["range_low"].fillna(value_domain[0]).clip(*value_domain),
        high=pieces["range_high"].fillna(value_domain[1]).clip(*value_domain),
        colour=pieces["is_default_range"].map(
            {True: DEFAULT_BAND_COLOUR, False: BAND_COLOUR}
        ),
    )


def _value_domain(results: pd.DataFrame, foretold: pd.DataFrame) -> tuple[float, float]:
    """Return limits that hold all values and ranges; no room below zero for nothing."""
    shown = pd.concat(
        [
            *(results[each] for each in ("plotted", "range_low", "range_high")),
            *(foretold[each] for each in ("forecast_low", "forecast_high")),
        ]
    ).dropna()
    lowest, highest = float(shown.min()), float(shown.max())
    room = (highest - lowest) * PADDING or abs(highest) * PADDING or 1.0
    floor = 0.0 if lowest >= 0 else lowest - room
    return max(lowest - room, floor), highest + room
