"""Correcting and withdrawing results."""

import streamlit as st

from dashboards.laboratory.parts import told
from dashboards.laboratory.results import show_results
from dashboards.uploads.freshness import show_upload_freshness

st.title("Results", anchor=False)
show_upload_freshness()
told(show_results)
