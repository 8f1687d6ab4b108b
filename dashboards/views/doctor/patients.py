"""Finding a patient by name, record number or birth date."""

import streamlit as st

from dashboards import data
from dashboards.chart.patient_list import show_patients
from dashboards.freshness import show_freshness
from dashboards.glass.search import show_closed
from pipelines.access.search import MOST_FOUND, is_long_enough

CHART = "views/doctor/chart.py"

st.title("Patients", anchor=False)
show_freshness(data.freshness())
text = st.text_input(
    "Find a patient",
    placeholder="Name, record number or birth date",
    help="The beginning of a name is enough, from three letters; a misspelt name is "
    "found by its sound. Birth dates as 1956-08-03 or 3.8.1956.",
    key="search",
)
if not text.strip():
    st.info("Type the beginning of a name, a record number or a birth date.")
    st.stop()
if not is_long_enough(text):
    st.info("Type at least three letters or digits.")
    st.stop()

found = data.search_patients(text)
is_closed_meant = show_closed(text)
if found.is_empty:
    if not is_closed_meant:
        st.info("Nobody matches. Try fewer letters, or the record number.")
    st.stop()
if len(found.patients) == MOST_FOUND:
    st.caption(f"The first {MOST_FOUND} are shown; type more to narrow the search.")
show_patients(found, CHART)
