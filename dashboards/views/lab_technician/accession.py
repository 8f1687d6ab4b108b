"""The whole life of one accession."""

import streamlit as st

from dashboards.laboratory.accession import show_accession
from dashboards.laboratory.parts import told
from dashboards.uploads.freshness import show_upload_freshness

st.title("Accession", anchor=False)
show_upload_freshness()
told(show_accession)
