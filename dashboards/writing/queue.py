"""The doctor's queue: what own patients asked for, and what is due unasked."""

from collections.abc import Iterable

import streamlit as st

from dashboards import data, session
from dashboards.chart.words import plain
from dashboards.data import PatientList
from dashboards.failures import capitalised_sentence
from dashboards.freshness import show_freshness
from dashboards.writing.menu import CHOSEN
from dashboards.writing.parts import act
from dashboards.writing.refills_due import refills_due, show_refills_due
from dashboards.writing.tellers import quote
from dashboards.writing.words import entry_words, processed_words, waiting_words
from pipelines.record.actions.entry import Entry
from pipelines.record.actions.failures import ActionError
from pipelines.record.actions.request_queue import open_requests, own_patients

REQUESTS = "Requests"
OF_RECORD = "operational:"


def show_queue(chart_page: str) -> None:
    """Show the open requests, each with the way to its answer, then refills due."""
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
    due = refills_due(act(own_patients), asked_for(waiting))
    keys = {each.patient_key for each in waiting}
    keys |= {int(key) for key in due["patient_key"]}
    listed = data.patients(keys)
    if waiting:
        st.subheader(f"Waiting ({len(waiting)})", anchor=False)
    for entry in waiting:
        _show_request(entry, listed, chart_page)
    show_refills_due(due, listed, chart_page)


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


def asked_for(waiting: Iterable[Entry]) -> set[str]:
    """Return the prescriptions that somebody waits for a refill of, by their keys."""
    asked = {
        each.values["prescription_id"]
        for each in waiting
        if each.feed == "medication_requests"
        and each.values["request_type_code"] == "refill"
    }
    return {f"{OF_RECORD}{key.removeprefix(OF_RECORD)}" for key in asked if key}
