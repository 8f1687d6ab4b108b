"""Results to look into: alerts of delta checks, and draws that look spoiled."""

import streamlit as st

from dashboards.laboratory.delta_checks import show_results_to_look_into

st.title("Delta checks", anchor=False)
show_results_to_look_into()
