"""What was written, planned, ordered, given and told: one tab each.

What was saved a moment ago stands above its table, marked as being processed.
"""

from collections.abc import Mapping, Sequence

import pandas as pd
import streamlit as st

from dashboards.chart.delivered_texts import show_delivered_notes, show_reports
from dashboards.chart.record_tables import (
    APPOINTMENTS,
    DEVICES,
    DOSES,
    FAMILY,
    NOTES,
    ORDERS,
    PLANS,
    REFERRALS,
    REPORTS,
    REQUESTS,
    SCORES,
    SOCIAL,
    Table,
)
from dashboards.data import Chart
from dashboards.writing.note_texts import show_note_texts
from dashboards.writing.saved import show_saved

MOST_PIXELS = 300
ROW_PIXELS = 35
# Of each tab: the feeds whose saved entries stand in it, and its tables.
TABS: Mapping[str, tuple[Sequence[str], Sequence[Table]]] = {
    "Notes": (("notes",), (NOTES,)),
    "Reports": ((), (REPORTS,)),
    "Plans": (("care_plans",), (PLANS,)),
    "Orders": (("lab_orders",), (ORDERS,)),
    "Doses": (("administrations",), (DOSES,)),
    "Requests": (("medication_requests",), (REQUESTS,)),
    "Referrals, appointments": (
        ("referrals", "appointments"),
        (REFERRALS, APPOINTMENTS),
    ),
    "History": (("family_history", "social_history"), (FAMILY, SOCIAL)),
    "Devices": ((), (DEVICES,)),
    "Scores": (("questionnaire_responses",), (SCORES,)),
}


def show_record_sections(chart: Chart) -> None:
    """Show a tab for each kind; what was saved just now comes first."""
    st.subheader("Record", anchor=False)
    for tab, name in zip(st.tabs(list(TABS)), TABS, strict=True):
        feeds, tables = TABS[name]
        with tab:
            show_saved(chart, *feeds)
            for table in tables:
                _show(chart.frames[table.frame], table)
            if name == "Notes":
                show_note_texts(chart)
                show_delivered_notes(chart)
            if name == "Reports":
                show_reports(chart)


def _show(frame: pd.DataFrame, table: Table) -> None:
    if frame.empty:
        st.caption(table.empty)
        return
    rows = list(frame.itertuples())
    shown = pd.DataFrame(
        {name: [tell(row) for row in rows] for name, tell in table.columns.items()}
    )
    st.dataframe(
        shown,
        hide_index=True,
        width="stretch",
        height=min(38 + ROW_PIXELS * len(shown), MOST_PIXELS),
    )
