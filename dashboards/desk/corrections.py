"""What patients want corrected in their record: the desk's queue, and its answers."""

import streamlit as st

from dashboards import data
from dashboards.chart.words import plain
from dashboards.data import PatientList
from dashboards.failures import capitalised_sentence
from dashboards.forms.form import show_form
from dashboards.forms.memory import untold_result
from dashboards.freshness import show_freshness
from dashboards.writing.parts import Named, act
from dashboards.writing.requests import answering_correction
from dashboards.writing.tellers import quote
from dashboards.writing.words import entry_words, processed_words, waiting_words
from pipelines.record.actions.entry import Entry
from pipelines.record.actions.failures import ActionError
from pipelines.record.actions.request_queue import open_corrections

# What the desk itself keeps; of the rest it asks who wrote it.
OF_THE_DESK = frozenset({"patients", "coverages"})


def show_corrections() -> None:
    """Show the requests that wait, the longest waiting first, each with its answer."""
    st.title("Corrections", anchor=False)
    show_freshness(data.freshness())
    st.caption(
        "What patients want corrected. The law gives 60 days for the answer, and a "
        "denial needs its reason. What is accepted is corrected as such, by whoever "
        "may: the desk its own entries, doctors what is clinical."
    )
    above = st.container()
    try:
        waiting = act(open_corrections)
    except ActionError as error:
        st.error(plain(capitalised_sentence(str(error))))
        return
    if not waiting:
        st.info("No wish for correction waits for an answer.")
    else:
        listed = data.patients({each.patient_key for each in waiting})
        for entry in waiting:
            _show(entry, listed)
    if told := untold_result():
        above.success(plain(told))


def _show(entry: Entry, listed: PatientList) -> None:
    patient = Named(int(entry.patient_key), listed.identity_of(int(entry.patient_key)))
    with st.container(border=True):
        number = patient.identity.record_number or "not known"
        st.markdown(
            f"**{plain(patient.identity.full_name)}**, record number {plain(number)}"
        )
        st.markdown(plain(entry_words(entry)))
        if asked := quote(entry.values["request_text"]):
            st.markdown(f"> {plain(asked)}")
        st.caption(plain(f"{waiting_words(entry)}{processed_words(entry)}"))
        if entry.values["subject_code"] not in OF_THE_DESK:
            st.caption("It is clinical: ask who wrote it before you accept it.")
        with st.expander("Answer"):
            show_form(answering_correction(patient, entry))
