"""The medicines of one patient over time: the timeline, and adherence."""

import streamlit as st

from dashboards import session
from dashboards.chart.header import show_header
from dashboards.freshness import show_freshness
from dashboards.glass.hidden import show_hidden
from dashboards.glass.way_in import show_way_in
from dashboards.medicines.adherence import show_adherence
from dashboards.medicines.reading import read_history
from dashboards.medicines.timeline import show_timeline
from dashboards.reported.incidents import show_incidents

TITLE = "Medicines"
FEEDS_SHOWN = ("prescriptions", "dispenses", "administrations")


def show_medicines_over_time(list_page: str, chart_page: str) -> None:
    """Show the medicines of the chosen patient; the pages are those to go back to."""
    patient_key = session.chosen_patient()
    if patient_key is None:
        st.title(TITLE)
        st.info("Choose a patient first.")
        st.page_link(list_page, label="Choose a patient")
        return
    history = read_history(patient_key)
    if history is None:
        st.title(TITLE)
        st.warning(
            "This patient's record is not open to you, or holds nothing. The attempt "
            "has been recorded."
        )
        show_way_in(patient_key)
        st.page_link(list_page, label="Choose another patient")
        return
    show_header(history, list_page)
    st.page_link(chart_page, label="Chart of this patient")
    show_freshness(history.frames["freshness"])
    show_hidden(history.frames["hidden"], patient_key)
    for feed in FEEDS_SHOWN:
        show_incidents(history.frames["incidents"], feed)
    timeline, adherence = st.tabs(["Timeline", "Adherence"])
    with timeline:
        show_timeline(history)
    with adherence:
        show_adherence(history)
