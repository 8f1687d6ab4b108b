"""One row of the worklist: patient, finding, why it is here, and what can be done."""

from typing import Any

import streamlit as st

from dashboards import session
from dashboards.chart.words import plain, time_text
from dashboards.worklist.acknowledging import refusal_of, row_name, show_acknowledge
from dashboards.worklist.open_results import OpenResults
from dashboards.worklist.words import (
    comment_text,
    facts_text,
    finding_text,
    findings_text,
    test_text,
    why_text,
)
from pipelines.record.actions.permissions import may


def show_row(
    results: OpenResults,
    row: Any,
    *,
    patient: str = "",
    chart_page: str = "",
) -> None:
    """Show a row with its buttons, and why an acknowledgement of it failed just now.

    ``patient`` says whose it is and ``chart_page`` is where the chart opens; the chart
    itself leaves both out.
    """
    findings = results.findings_of(row.patient_key, row.analyte_code)
    partly = results.acknowledged_just_now(row.patient_key, row.analyte_code)
    told = (
        patient,
        f"{finding_text(row)} · {facts_text(row)}",
        why_text(row),
        comment_text(row),
    )
    with st.container(border=True):
        words, buttons = st.columns([2, 1], vertical_alignment="center")
        words.markdown("  \n".join(line for line in told if line))
        if covered := findings_text(findings):
            words.caption(covered)
        if partly:
            words.caption(f"{len(partly)} of them acknowledged, being processed.")
        if refusal := refusal_of(row):
            words.error(refusal)
        with buttons.container(horizontal=True, horizontal_alignment="right"):
            if chart_page:
                _show_chart_button(row, chart_page)
            if may(session.person(), "acknowledge"):
                show_acknowledge(row, findings)


def waiting_text(results: OpenResults, row: Any) -> str:
    """Return which test was acknowledged just now, and by whom."""
    acknowledged = results.acknowledged_just_now(row.patient_key, row.analyte_code)
    latest = max(acknowledged, key=lambda each: each.acknowledged_at)
    when = time_text(latest.acknowledged_at)
    told = f"{test_text(row)}: acknowledged by {latest.person_name}, {when}"
    return plain(f"{told}, being processed")


def _show_chart_button(row: Any, chart_page: str) -> None:
    if st.button("Open chart", key=f"chart_{row_name(row)}"):
        session.choose_patient(int(row.patient_key))
        st.switch_page(chart_page)
