"""The patients that a nurse is responsible for."""

import streamlit as st

from dashboards import data
from dashboards.chart.patient_list import show_patients
from dashboards.freshness import show_freshness

CHART = "views/nurse/chart.py"

st.title("My patients", anchor=False)
mine, freshness = data.my_patients()
show_freshness(freshness)
if mine.is_empty:
    st.info(
        "No patient is assigned to you now. Ask the charge nurse, or support if this "
        "is wrong."
    )
    st.stop()
text = st.text_input("Narrow the list", placeholder="Part of a name", key="search")
show_patients(mine.narrowed(text), CHART)
