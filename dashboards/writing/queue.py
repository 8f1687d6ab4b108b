"""The doctor's queue: what own patients asked for, the longest waiting first."""

import streamlit as st

from dashboards import data, session
from dashboards.chart.words import plain
from dashboards.data import PatientList
from dashboards.failures import capitalised_sentence
from dashboards.freshness import show_freshness
from dashboards.writing.menu import CHOSEN
from dashboards.writing.parts import act
from dashboards.writing.tellers import quote
from dashboards.writing.words import entry_words, processed_words, waiting_words
from pipelines.record.actions.entry import Entry
from pipelines.record.actions.failures import ActionError
from pipelines.record.actions.request_queue import open_requests

REQUESTS = "Requests"


def show_queue(chart_page: str) -> None:
    """Show the open requests, each with the way to its answer."""
    st.title("Requests", anchor=False)
    show_freshness(data.freshness())
    st.caption(
        "What patients on whose care team you are, or who are assigned to you, asked "
        "for and nobody has answered."
    )
    try:
        waiting = act(open_requests)
    except ActionError as error:
        st.error(plain(capitalised_sentence(str(error))))
        return
    if not waiting:
        st.info("No request of your patients waits for an answer.")
        return
    listed = data.patients({each.patient_key for each in waiting})
    st.subheader(f"Waiting ({len(waiting)})", anchor=False)
    for entry in waiting:
        _show_request(entry, listed, chart_page)


def _show_request(entry: Entry, listed: PatientList, chart_page: str) -> None:
    name = listed.identity_of(entry.patient_key).full_name
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        if st.button("Answer", key=f"answer_{entry.record_id}", type="primary"):
            session.choose_patient(int(entry.patient_key))
            st.session_state[CHOSEN] = REQUESTS
            st.switch_page(chart_page)
        st.markdown(f"**{plain(name)}**", width="content")
        asked = quote(entry.values["request_text"])
        words = f"{entry_words(entry)}. {asked}" if asked else entry_words(entry)
        st.markdown(plain(words), width="stretch")
        st.caption(
            plain(f"{waiting_words(entry)}{processed_words(entry)}"), width="content"
        )
