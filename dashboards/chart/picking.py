"""Choosing a value by its point in a chart: a click tells the fact that it is."""

import altair as alt
import streamlit as st

PICKED = "picked"


def picking(key: str) -> alt.Parameter:
    """Return what a click on a point chooses: the value of one column, ``key``."""
    return alt.selection_point(
        name=PICKED, fields=[key], on="click", empty=False, toggle=False
    )


def show_pickable(chart: alt.LayerChart, key: str, name: str) -> str | None:
    """Show a chart that has a ``picking(key)``; return the fact that is chosen.

    ``name`` tells the chart from others of the page.
    """
    event = st.altair_chart(
        chart, width="stretch", key=name, on_select="rerun", selection_mode=PICKED
    )
    chosen = event.selection.get(PICKED) or [{}]
    return chosen[0].get(key)
