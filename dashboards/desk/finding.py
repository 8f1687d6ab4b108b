"""Finding a patient at the desk; who was registered a moment ago stands above."""

import streamlit as st

from dashboards import data, session
from dashboards.chart.patient_list import show_patients
from dashboards.chart.words import plain
from dashboards.freshness import show_freshness
from pipelines.access.search import MOST_FOUND, is_long_enough

REGISTERED = "registered_here"


def show_search(desk_page: str) -> None:
    """Show the search, what it finds, and whom this session has registered."""
    st.title("Patients", anchor=False)
    show_freshness(data.freshness())
    for patient_key, name in st.session_state.get(REGISTERED, {}).items():
        if st.button(
            f"Registered here: {plain(name)}", key=f"registered_{patient_key}"
        ):
            session.choose_patient(patient_key)
            st.switch_page(desk_page)
    text = st.text_input(
        "Find a patient",
        placeholder="Name, record number or birth date",
        help="The beginning of a name is enough, from three letters; a misspelt name "
        "is found by its sound. Birth dates as 1956-08-03 or 3.8.1956.",
        key="search",
    )
    if not is_long_enough(text):
        st.info("Type three letters of a name, a record number or a birth date.")
        return
    found = data.search_patients(text)
    if len(found.patients) == MOST_FOUND:
        st.caption(f"The first {MOST_FOUND} are shown; type more to narrow the search.")
    show_patients(found, desk_page)
