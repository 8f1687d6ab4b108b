"""Visits and admissions, the newest first."""

import pandas as pd
import streamlit as st

from dashboards.chart.words import capitalised, time_text

KINDS = {
    "inpatient": "Admission",
    "emergency": "Emergency",
    "outpatient": "Outpatient visit",
    "ambulatory": "Outpatient visit",
    "observation": "Observation stay",
    "home": "Home visit",
    "virtual": "Remote visit",
}
HOURS_PER_DAY = 24
ROW_PIXELS = 35
MOST_PIXELS = 320


NONE_DELIVERED = "No visit has been delivered for this patient."


def show_visits(visits: pd.DataFrame, nothing: str = NONE_DELIVERED) -> None:
    """Show all visits as a table; ``nothing`` is said where there is none."""
    st.subheader("Visits", anchor=False)
    if visits.empty:
        st.info(nothing)
        return
    rows = list(visits.itertuples())
    table = pd.DataFrame(
        {
            "From": [time_text(row.started_at) for row in rows],
            "Kind": [_kind(row) for row in rows],
            "Reason": [_reason(row) for row in rows],
            "With": [_with(row) for row in rows],
            "Length": [_length(row) for row in rows],
            "Discharged to": [
                capitalised(row.discharge_disposition_name) for row in rows
            ],
        }
    )
    if (table["Discharged to"] == "").all():
        table = table.drop(columns="Discharged to")
    st.dataframe(
        table,
        hide_index=True,
        width="stretch",
        height=min(38 + ROW_PIXELS * len(table), MOST_PIXELS),
    )


def _kind(visit: pd.Series) -> str:
    return KINDS.get(visit.encounter_class_code or "", "Visit")


def _reason(visit: pd.Series) -> str:
    named = visit.reason_name or visit.encounter_type_name or visit.service_name
    return capitalised(named)


def _with(visit: pd.Series) -> str:
    return visit.practitioner_name or visit.service_name or visit.location_name or ""


def _length(visit: pd.Series) -> str:
    if visit.is_open:
        return "still open"
    hours = (visit.ended_at - visit.started_at).total_seconds() / 3600
    if hours < 0:
        return "times contradict"
    if hours < 1:
        return f"{round(hours * 60)} min"
    if hours < HOURS_PER_DAY:
        return f"{hours:.0f} h"
    return f"{hours / HOURS_PER_DAY:.0f} d"
