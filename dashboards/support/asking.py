"""Whom the question is about: a user id, and a patient by record number or key."""

import streamlit as st

from dashboards import session
from pipelines.access.explaining import find_by_number

LONGEST_NUMBER = 40


def asked() -> tuple[str, int] | None:
    """Return the user id and the patient key that were asked for, once both are."""
    with st.form("why"):
        columns = st.columns(2)
        user_id = columns[0].text_input("User id of the colleague", key="why_user")
        number = columns[1].text_input(
            "Record number of the patient, or key",
            max_chars=LONGEST_NUMBER,
            key="why_number",
            help="A key is the long number of the warehouse, written as key:123.",
        )
        st.form_submit_button("Explain", type="primary")
    if not user_id.strip() or not number.strip():
        st.info("Give both. No name and nothing clinical is shown here.")
        return None
    patient_key = _patient_of(number.strip())
    return (user_id.strip(), patient_key) if patient_key is not None else None


def _patient_of(number: str) -> int | None:
    key = number.removeprefix("key:")
    if key != number:
        if key.isdecimal() and int(key) < 2**63:
            return int(key)
        st.error("A key is a number, such as key:1234567890.")
        return None
    found = find_by_number(session.settings(), session.person(), number)
    if len(found) == 1:
        return found[0]
    st.error(
        "No patient has this record number."
        if not found
        else "Several patients have this number. Ask for the key of the one meant."
    )
    return None
