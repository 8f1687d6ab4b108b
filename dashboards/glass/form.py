"""The form that breaks the glass: a reason from a list, in words, and the password."""

import streamlit as st

from dashboards import session
from dashboards.data import KEPT_CHART
from dashboards.failures import capitalised_sentence
from pipelines.access.acting import RuleError
from pipelines.access.break_glass import REASONS, break_glass
from pipelines.access.sign_in import SignInError

CHART = "views/doctor/chart.py"


def show_form(patient_key: int) -> None:
    """Ask why the record is needed, and open it for an hour."""
    st.markdown(
        "Opening it is for those who need it to treat. It opens **this one record** to "
        "you for **60 minutes**, and compliance reviews every opening."
    )
    with st.form(f"break_glass_{patient_key}"):
        reason_code = st.selectbox(
            "Why do you need it?",
            list(REASONS),
            index=None,
            format_func=REASONS.__getitem__,
            placeholder="Choose a reason",
            key="glass_reason",
        )
        reason_text = st.text_area("In your words", max_chars=500, key="glass_text")
        password = st.text_input(
            "Your password again", type="password", key="glass_password"
        )
        is_sent = st.form_submit_button("Break the glass", type="primary")
    if is_sent:
        _open(patient_key, reason_code or "", reason_text, password)


def _open(patient_key: int, reason_code: str, text: str, password: str) -> None:
    try:
        break_glass(
            session.settings(),
            session.person(),
            patient_key,
            reason_code=reason_code,
            reason_text=text,
            password=password,
        )
    except (RuleError, SignInError) as error:
        st.error(capitalised_sentence(str(error)))
        return
    st.session_state.pop(KEPT_CHART, None)
    session.choose_patient(patient_key)
    st.switch_page(CHART)
