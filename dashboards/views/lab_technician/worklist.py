"""Orders and specimens that are open."""

import streamlit as st

from dashboards.laboratory.parts import told
from dashboards.laboratory.worklist import show_worklist
from dashboards.uploads.freshness import show_upload_freshness

st.title("Orders and specimens", anchor=False)
show_upload_freshness()
told(show_worklist)
