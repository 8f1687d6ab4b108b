"""What was saved and is not in the marts yet, in its section of the chart."""

import streamlit as st

from dashboards.chart.words import plain
from dashboards.data import Chart
from dashboards.writing.words import saved_words

WITHOUT_SECTION = (
    *("notes", "care_plans", "lab_orders", "referrals", "appointments"),
    *("questionnaire_responses", "family_history", "social_history"),
)


def show_saved(chart: Chart, *feeds: str) -> None:
    """Show what was saved of some feeds, each marked as being processed."""
    for entry in reversed(chart.saved.of(*feeds)):
        st.caption(f":material/hourglass_top: {plain(saved_words(entry))}")


def show_saved_elsewhere(chart: Chart) -> None:
    """Show what was saved of kinds that have no section of the chart's own."""
    saved = chart.saved.of(*WITHOUT_SECTION)
    if saved:
        st.subheader("Written just now", anchor=False)
        show_saved(chart, *WITHOUT_SECTION)
