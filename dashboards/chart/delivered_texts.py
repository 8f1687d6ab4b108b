"""Texts of notes and reports that came with a delivery, opened when asked for.

They are read apart from the chart, because each is an event of its own in the trail.
"""

import pandas as pd
import streamlit as st

from dashboards import data
from dashboards.chart.words import capitalised, plain, time_text
from dashboards.data import Chart

# What is written in the operational record is read there, with its corrections.
WRITTEN_HERE = "operational"
COLUMNS = {
    "notes": {"note_text": ""},
    "imaging_reports": {"impression_text": "Impression", "report_text": "Findings"},
}


def show_delivered_notes(chart: Chart) -> None:
    """Let a delivered note be chosen, and show its text."""
    notes = chart.frames["notes"]
    delivered = notes[notes["source_system"] != WRITTEN_HERE]
    named = {
        row.note_key: f"{time_text(row.written_at)}, {row.title or 'Note'}, "
        f"{row.author_name or 'author not delivered'}"
        for row in delivered.itertuples()
    }
    _show(chart, "notes", "Read delivered notes", named)


def show_reports(chart: Chart) -> None:
    """Let a report of imaging be chosen, and show its text."""
    reports = chart.frames["reports"]
    named = {
        row.imaging_report_key: f"{time_text(row.reported_at)}, "
        f"{capitalised(row.procedure_name) or row.modality_code or 'Report'}"
        f"{_state(row.is_final, is_corrected=row.is_corrected)}"
        for row in reports.itertuples()
    }
    _show(chart, "imaging_reports", "Read reports", named)


def _state(is_final: bool | None, *, is_corrected: bool) -> str:  # noqa: FBT001 - a column's value
    if is_corrected:
        return ", corrected"
    if pd.isna(is_final):
        return ", not known whether final"
    return "" if is_final else ", not final"


def _show(chart: Chart, feed: str, label: str, named: dict[str, str]) -> None:
    if not named or not st.toggle(label, key=f"read {feed} {chart.patient_key}"):
        return
    key = st.selectbox(
        "Which one",
        list(named),
        format_func=named.get,
        key=f"text of {feed} {chart.patient_key}",
    )
    texts = data.texts_of(chart.patient_key, feed)
    told = False
    for column, heading in COLUMNS[feed].items():
        if text := texts.of(key, column):
            told = True
            if heading:
                st.markdown(f"**{heading}**")
            for paragraph in text.split("\n"):
                st.markdown(plain(paragraph))
    if not told:
        st.caption("No text was delivered with it.")
