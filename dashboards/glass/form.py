"""The form that breaks the glass: a reason from a list, in words, and a proof.

The proof that it is the person who signed in: the password again; or, for whom the
site's identity provider let in, a new sign-in there, which leads back to this form.
"""

import streamlit as st

from dashboards import session
from dashboards.data import KEPT_CHART
from dashboards.failures import capitalised_sentence
from pipelines.access.acting import RuleError
from pipelines.access.break_glass import REASONS, break_glass
from pipelines.access.confirming import Proof
from pipelines.access.sessions import CONFIRMED_MINUTES
from pipelines.access.sign_in import SignInError

CHART = "views/doctor/chart.py"
CHART_ADDRESS = "/chart"
TOO_LONG_AGO = "Your new sign-in is too long ago: reload this page and sign in again."
MINUTES = f"{CONFIRMED_MINUTES} minutes"


def show_form(patient_key: int) -> None:
    """Ask why the record is needed, and open it for an hour."""
    st.markdown(
        "Opening it is for those who need it to treat. It opens **this one record** to "
        "you for **60 minutes**, and compliance reviews every opening."
    )
    by_provider, is_confirmed = session.proof()
    if by_provider and not is_confirmed:
        _ask_the_provider(patient_key)
        return
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
        password = "" if is_confirmed else _password()
        is_sent = st.form_submit_button("Break the glass", type="primary")
    if is_sent:
        _open(patient_key, reason_code or "", reason_text, password)


def _password() -> str:
    return st.text_input("Your password again", type="password", key="glass_password")


def _ask_the_provider(patient_key: int) -> None:
    """Offer the way to the provider; the sign-in leads back to this record."""
    name = session.settings().oidc_name
    st.markdown(f"Sign in again first. You come back to this form, for {MINUTES}.")
    if st.button(f"Sign in again: {name}", key="glass_provider", type="primary"):
        session.sign_in_again(patient_key, CHART_ADDRESS)


def _open(patient_key: int, reason_code: str, text: str, password: str) -> None:
    try:
        break_glass(
            session.settings(),
            session.person(),
            patient_key,
            reason_code=reason_code,
            reason_text=text,
            proof=Proof(password, session.token_of_browser()),
        )
    except RuleError as error:
        st.error(capitalised_sentence(str(error)))
        return
    except SignInError as error:
        by_provider, _ = session.proof()
        st.error(TOO_LONG_AGO if by_provider else str(error))
        return
    st.session_state.pop(KEPT_CHART, None)
    session.choose_patient(patient_key)
    st.switch_page(CHART)
