"""What somebody reported, and what became of it."""

from typing import Any

import pandas as pd
import streamlit as st

from dashboards import data, session
from dashboards.chart.words import plain, time_text
from dashboards.freshness import show_freshness
from dashboards.quality.words import feed_text
from dashboards.reported.statements import OWN_REPORTS
from dashboards.reported.words import STATES
from pipelines.access.identity import Identity
from pipelines.access.reading import Query, Reading
from pipelines.access.value_reports import FAULTS, ReportWords

NOT_OPEN = "a patient whose record is not open to you any more"


def show_own_reports() -> None:
    """Show the reports of the person signed in, the latest first."""
    reading = session.reader().read("own reports", {"own": Query(OWN_REPORTS, {})})
    st.title("My reports", anchor=False)
    show_freshness(data.freshness())
    st.caption(
        "Values that you reported as wrong. Quality staff look into each and answer."
    )
    reports = reading.frames["own"]
    if reports.empty:
        st.info(
            "You have reported no value. On a chart, \u201cReport a value\u201d stands "
            "below results, vital signs and medicines; among all results, press a "
            "value."
        )
        return
    opener = ReportWords(session.settings())
    for report in reports.itertuples():
        _show(report, reading, opener)


def _show(report: Any, reading: Reading, opener: ReportWords) -> None:
    with st.container(border=True, gap="small"):
        st.markdown(f"**{STATES[report.state_code]}**")
        st.markdown(plain(f"{_fact(report)}, {_patient(report, reading)}"))
        said = f"{FAULTS[report.fault_code]}, {time_text(report.reported_at)}"
        if isinstance(report.sealed_words, str):
            words = opener.of_report(report.report_id, report.sealed_words)
            said += f": \u201c{words}\u201d"
        st.caption(plain(said))
        if isinstance(report.sealed_answer, str):
            words = opener.of_answer(report.answer_id, report.sealed_answer)
            st.markdown(
                plain(
                    f"Answer of {report.answered_by}, "
                    f"{time_text(report.answered_at)}: \u201c{words}\u201d"
                )
            )


def _fact(report: Any) -> str:
    """Return what was reported, named by its row if that is still there."""
    if not isinstance(report.fact_name, str):
        return f"A value of the {feed_text(report.feed)}"
    return f"{report.fact_name}, {time_text(report.happened_at)}"


def _patient(report: Any, reading: Reading) -> str:
    if pd.isna(report.patient_key):
        return NOT_OPEN
    who = reading.identities.get(int(report.patient_key), Identity())
    return f"{who.full_name} ({who.record_number})"
