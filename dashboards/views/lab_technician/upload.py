"""Uploading laboratory results."""

import streamlit as st

from dashboards.uploads.choosing import chosen_examination, show_choice
from dashboards.uploads.freshness import show_upload_freshness
from dashboards.uploads.own_uploads import show_own_uploads
from dashboards.uploads.verdicts import SUBMITTED, show_verdicts

st.title("Upload results", anchor=False)
show_upload_freshness()
st.caption(
    "Every row of a file gets its verdict before anything is submitted, by the same "
    "rules that the warehouse applies to every delivery."
)
if st.session_state.pop(SUBMITTED, None):
    st.success("Submitted. It is on the chart in about a minute; see below.")
show_choice()
examination = chosen_examination()
if examination:
    show_verdicts(examination)
show_own_uploads()
