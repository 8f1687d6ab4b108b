"""What was saved and is not in the marts yet, in its section of the chart."""

import streamlit as st

from dashboards.chart.words import plain
from dashboards.data import Chart
from dashboards.writing.words import saved_words


def show_saved(chart: Chart, *feeds: str) -> None:
    """Show what was saved of some feeds, each marked as being processed."""
    for entry in reversed(chart.saved.of(*feeds)):
        st.caption(f":material/hourglass_top: {plain(saved_words(entry))}")
