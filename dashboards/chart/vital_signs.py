"""Vital signs: a flowsheet, then one small chart each, on a common time axis."""

import altair as alt
import pandas as pd
import streamlit as st

from dashboards.chart.axes import time_axis, time_domain
from dashboards.chart.flowsheet import DIASTOLIC, PRESSURE, SYSTOLIC, show_flowsheet
from dashboards.chart.picking import picking, show_pickable
from dashboards.chart.words import (
    date_text,
    number_text,
    plain,
    time_text,
    unit_text,
)

COLOUR = "#0072B2"
SECOND_COLOUR = "#D55E00"
HEIGHT = 140
TICKS = 4
POINT_SIZE, PICKED_SIZE = 22, 90
KEY = "vital_sign_key"
PER_ROW = 3
FIRST_SHOWN = (
    PRESSURE,
    "Heart rate",
    "Body temperature",
    "Respiratory rate",
    "Oxygen saturation",
    "Body weight",
    "Body mass index",
)


def show_vital_signs(measured: pd.DataFrame, scores: pd.DataFrame) -> str | None:
    """Show the flowsheet with early warning scores, and how each sign went.

    Returns the key of the vital sign whose point somebody chose in a chart.
    """
    st.subheader("Vital signs", anchor=False)
    if measured.empty:
        st.info("No vital sign has been delivered for this patient.")
        return None
    show_flowsheet(measured, scores)
    numbers = measured.dropna(subset=["value_number"])
    return None if numbers.empty else _show_charts(numbers)


def _show_charts(numbers: pd.DataFrame) -> str | None:
    """Show a small chart per vital sign, blood pressure with both values in one."""
    chosen = None
    signs = numbers.assign(
        sign=_sign(numbers),
        measured_text=[time_text(each) for each in numbers["measured_at"]],
    )
    names = sorted(signs["sign"].unique(), key=_place)
    period = time_domain(signs["measured_at"])
    for start in range(0, len(names), PER_ROW):
        columns = st.columns(PER_ROW)
        for column, name in zip(columns, names[start : start + PER_ROW], strict=False):
            with column:
                of_sign = signs[signs["sign"] == name]
                chosen = _show_sign(name, of_sign, period) or chosen
    return chosen


def _sign(numbers: pd.DataFrame) -> pd.Series:
    """Return what goes into one chart; never two units, but both blood pressures."""
    names = numbers["vital_sign_name"].replace([SYSTOLIC, DIASTOLIC], PRESSURE)
    is_mixed = numbers.groupby(names)["unit"].transform("nunique") > 1
    units = " (" + numbers["unit"].fillna("no unit").map(unit_text) + ")"
    return names.where(~is_mixed, names + units)


def _place(name: str) -> tuple[int, str]:
    known = FIRST_SHOWN.index(name) if name in FIRST_SHOWN else len(FIRST_SHOWN)
    return known, name


def _show_sign(
    name: str, values: pd.DataFrame, period: tuple[pd.Timestamp, pd.Timestamp]
) -> str | None:
    st.markdown(f"**{plain(name)}** {plain(_latest(name, values))}")
    encoded = alt.Chart(values).encode(
        x=time_axis("measured_at", period, TICKS),
        y=alt.Y(
            "value_number:Q",
            title=None,
            scale=alt.Scale(zero=False, padding=8),
            axis=alt.Axis(tickCount=TICKS, format="~f"),
        ),
        color=alt.Color(
            "vital_sign_name:N",
            scale=alt.Scale(range=[SECOND_COLOUR, COLOUR])
            if name == PRESSURE
            else alt.Scale(range=[COLOUR]),
            legend=None,
        ),
        tooltip=[
            alt.Tooltip("vital_sign_name", title="Sign"),
            alt.Tooltip("value_number", title="Value"),
            alt.Tooltip("measured_text", title="Measured"),
        ],
    )
    picked = picking(KEY)
    size = alt.condition(picked, alt.value(PICKED_SIZE), alt.value(POINT_SIZE))
    points = encoded.mark_point(filled=True, opacity=1).encode(size=size)
    lines = encoded.mark_line(strokeWidth=1.2)
    chart = alt.layer(lines, points.add_params(picked)).properties(height=HEIGHT)
    return show_pickable(chart, KEY, f"sign_{name}")


def _latest(name: str, values: pd.DataFrame) -> str:
    # A systolic of today beside a diastolic of last year is nobody's blood pressure.
    newest_values = values[values["measured_at"] == values["measured_at"].max()]
    last = newest_values.groupby("vital_sign_name").last()
    shown = {row.Index: number_text(row.value_number) for row in last.itertuples()}
    text = (
        f"{shown.get(SYSTOLIC, 'not measured')}/{shown.get(DIASTOLIC, 'not measured')}"
        if name == PRESSURE
        else next(iter(shown.values()))
    )
    newest = last.sort_values("measured_at").iloc[-1]
    unit = unit_text(newest.unit)
    return f"{text} {unit}, {date_text(newest.measured_at)}"
