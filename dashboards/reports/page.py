"""The reports of one patient: imaging and microbiology, on one page."""

import streamlit as st

from dashboards import session
from dashboards.chart.header import show_header
from dashboards.freshness import show_freshness
from dashboards.glass.hidden import note_hidden, nothing_shown, show_hidden
from dashboards.glass.way_in import show_way_in
from dashboards.reports import imaging, microbiology
from dashboards.reports.reading import Reports, read_reports
from dashboards.reports.time_line import marks_of, time_line


def show_reports(list_page: str, chart_page: str) -> None:
    """Show the reports of the chosen patient; the pages are those to go back to."""
    patient_key = session.chosen_patient()
    if patient_key is None:
        st.title("Reports")
        st.info("Choose a patient first.")
        st.page_link(list_page, label="Choose a patient")
        return
    reports = read_reports(patient_key)
    if reports is None:
        st.title("Reports")
        st.warning(
            "This patient's record is not open to you, or holds nothing. The attempt "
            "has been recorded."
        )
        show_way_in(patient_key)
        st.page_link(list_page, label="Choose another patient")
        return
    show_header(reports, list_page)
    st.page_link(chart_page, label="Chart of this patient")
    frames = reports.frames
    show_freshness(frames["freshness"])
    show_hidden(frames["hidden"], patient_key)
    marks = marks_of(frames["imaging"], frames["microbiology"])
    if not marks.empty:
        st.altair_chart(time_line(marks), width="stretch")
    _show_kinds(reports)


def _show_kinds(reports: Reports) -> None:
    frames, hidden = reports.frames, reports.frames["hidden"]
    cultures = frames["microbiology"]["culture_key"].nunique()
    images, germs = st.tabs(
        [f"Imaging ({len(frames['imaging'])})", f"Microbiology ({cultures})"]
    )
    with images:
        nothing = nothing_shown(hidden, "imaging_reports", imaging.NONE)
        imaging.show_imaging(reports, nothing)
        note_hidden(hidden, "imaging_reports")
    with germs:
        nothing = nothing_shown(hidden, "lab_results", microbiology.NONE)
        microbiology.show_microbiology(
            frames["microbiology"], nothing, reports.patient_key
        )
        note_hidden(hidden, "lab_results")
