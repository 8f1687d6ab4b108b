"""The picture of a distribution with limits: bars are counts of many patients.

Lines differ in colour and in dash, and each bears its name.
"""

from collections.abc import Iterator
from typing import Any

import altair as alt
import pandas as pd

from dashboards.quality.limit_words import exact_text

# Okabe-Ito, as on the other pages of quality.
BARS, REFERENCE = "#7A8894", "#009E73"
COLOURS = {"signed": "#0072B2", "proposed": "#D55E00", "reference": REFERENCE}
DASHES = {"signed": [1, 0], "proposed": [8, 4], "reference": [2, 3]}
HEIGHT = 260


def limit_chart(
    bars: pd.DataFrame, proposal: Any, signed: Any | None
) -> alt.LayerChart:
    """Return bars of the values, with signed, proposed and reference limits."""
    drawn = bars.dropna(subset=["from_value", "to_value"])
    is_of_factors = bool((drawn["from_value"] > 0).all())
    lines = pd.DataFrame(
        [
            {
                "limit": name,
                "side": side,
                "value": float(value),
                "label": f"{name} {_told(name, value)}",
            }
            for name, side, value in _lines(proposal, signed)
            if value > 0 or not is_of_factors
        ],
        columns=["limit", "side", "value", "label"],
    )
    values = pd.concat([drawn["from_value"], drawn["to_value"], lines["value"]])
    scale = alt.Scale(
        type="log" if is_of_factors else "linear",
        domain=[float(values.min()), float(values.max())],
        nice=False,
    )
    return _bars(drawn, scale) + _rules(lines, scale) + _names(lines, scale)


def _told(name: str, value: Any) -> str:
    """Return a number in words, a signed one to its last digit."""
    return exact_text(value) if name == "signed" else f"{float(value):g}"


def _lines(proposal: Any, signed: Any | None) -> Iterator[tuple[str, str, Any]]:
    pairs = {
        "reference": (proposal.reference_low, proposal.reference_high),
        "proposed": (proposal.low, proposal.high),
        "signed": (signed.low, signed.high) if signed is not None else (None, None),
    }
    for name, ends in pairs.items():
        for side, value in zip(("low", "high"), ends, strict=True):
            if not pd.isna(value):
                yield name, side, value


def _bars(drawn: pd.DataFrame, scale: alt.Scale) -> alt.Chart:
    return (
        alt.Chart(drawn)
        .mark_bar(color=BARS)
        .encode(
            x=alt.X("from_value:Q", scale=scale, title=None),
            x2="to_value:Q",
            y2=alt.datum(0),
            y=alt.Y("rows_count:Q", title="Results", axis=alt.Axis(format=",d")),
            tooltip=[
                alt.Tooltip("from_value:Q", title="From", format=".4g"),
                alt.Tooltip("to_value:Q", title="To", format=".4g"),
                alt.Tooltip("rows_count:Q", title="Results", format=","),
            ],
        )
        .properties(height=HEIGHT, width="container")
    )


def _rules(lines: pd.DataFrame, scale: alt.Scale) -> alt.Chart:
    names = list(COLOURS)
    return (
        alt.Chart(lines)
        .mark_rule(size=2)
        .encode(
            x=alt.X("value:Q", scale=scale, title=None),
            color=alt.Color(
                "limit:N",
                scale=alt.Scale(domain=names, range=list(COLOURS.values())),
                legend=None,
            ),
            strokeDash=alt.StrokeDash(
                "limit:N",
                scale=alt.Scale(domain=names, range=list(DASHES.values())),
                legend=None,
            ),
            tooltip=[alt.Tooltip("label:N", title="Limit")],
        )
    )


def _names(lines: pd.DataFrame, scale: alt.Scale) -> alt.LayerChart:
    """Return each line's name, on the side that has room: inside the picture."""
    rows = {name: 12 + 16 * position for position, name in enumerate(COLOURS)}
    named = lines.assign(row=lines["limit"].map(rows))
    return alt.layer(
        *(
            alt.Chart(named[named["side"] == side])
            .mark_text(align=align, dx=offset, baseline="middle")
            .encode(
                x=alt.X("value:Q", scale=scale),
                y=alt.Y("row:Q", scale=None, axis=None),
                text="label:N",
            )
            for side, align, offset in (("low", "left", 5), ("high", "right", -5))
        )
    )
