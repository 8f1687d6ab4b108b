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
from dashboards.glass.hidden import nothing_shown
from dashboards.writing.note_texts import show_note_texts
from dashboards.writing.saved import show_saved

# Which kind of fact a table is of, where the two have other names.
KINDS = {
    "reports": "imaging_reports",
    "plans": "care_plans",
    "orders": "lab_orders",
    "doses": "administrations",
    "requests": "medication_requests",
    "family": "family_history",
    "social": "social_history",
    "scores": "questionnaire_responses",
}
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
                kind = KINDS.get(table.frame, table.frame)
                nothing = nothing_shown(chart.frames["hidden"], kind, table.empty)
                _show(chart.frames[table.frame], table, nothing)
            if name == "Notes":
                show_note_texts(chart)
                show_delivered_notes(chart)
            if name == "Reports":
                show_reports(chart)


def _show(frame: pd.DataFrame, table: Table, nothing: str) -> None:
    if frame.empty:
        st.caption(nothing)
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
