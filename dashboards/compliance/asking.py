"""Whose events or disclosures are asked for: by the whole record number."""

import streamlit as st

from dashboards import session
from dashboards.chart.words import plain
from pipelines.access.compliance import patients_of_number


def ask_patient(key: str) -> int | None:
    """Ask for a record number; return the patient, None if none is asked for.

    A number that two sources use asks which of them is meant.
    """
    number = st.text_input(
        "Patient's record number, whole",
        key=key,
        help="Names are not searched here: who asks for an accounting states a number.",
    )
    if not number.strip():
        return None
    found = patients_of_number(session.settings(), session.person(), number)
    if not found:
        st.warning(f"No patient has the record number {plain(number)}.")
        st.stop()
    if len(found) == 1:
        return found[0]
    return st.selectbox("Several patients have this number", found, key=f"{key}_of")
