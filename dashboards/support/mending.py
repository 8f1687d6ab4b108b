"""Assignments of a colleague to a patient: listed, granted with an end, ended."""

from datetime import UTC, datetime, timedelta

import streamlit as st

from dashboards import session
from dashboards.chart.words import plain, time_text
from dashboards.failures import capitalised_sentence
from pipelines.access.acting import RuleError
from pipelines.access.explaining import Assignment, assignments, end, grant

DAYS = {1: "1 day", 7: "1 week", 30: "30 days"}
TOLD = "support_told"


def show_mending(user_id: str, patient_key: int) -> None:
    """Show the assignments and a form for another one."""
    st.subheader("Assignments", anchor=False)
    if told := st.session_state.pop(TOLD, None):
        st.success(told)
    found = assignments(session.settings(), session.person(), user_id, patient_key)
    for assignment in found:
        _show(assignment, patient_key)
    if not found:
        st.caption("None so far.")
    _show_form(user_id, patient_key)


def _show(assignment: Assignment, patient_key: int) -> None:
    is_open = assignment.valid_to is None or assignment.valid_to > datetime.now(UTC)
    until = time_text(assignment.valid_to) if assignment.valid_to else "without end"
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        st.markdown(
            f"From {time_text(assignment.valid_from)}, until {until}: "
            f"{plain(assignment.reason)}"
        )
        key = f"end_{assignment.assignment_id}"
        if is_open and st.button("End it now", key=key):
            end(session.settings(), session.person(), assignment, patient_key)
            st.session_state[TOLD] = "The assignment has ended."
            st.rerun()


def _show_form(user_id: str, patient_key: int) -> None:
    with st.form("grant", clear_on_submit=True):
        days = st.selectbox("For how long", list(DAYS), format_func=DAYS.__getitem__)
        reason = st.text_input("Reason, such as the ticket", key="grant_reason")
        is_sent = st.form_submit_button("Assign the patient")
    if not is_sent:
        return
    try:
        grant(
            session.settings(),
            session.person(),
            user_id,
            patient_key,
            valid_to=datetime.now(UTC) + timedelta(days=days),
            reason=reason,
        )
    except RuleError as error:
        st.error(capitalised_sentence(str(error)))
        return
    st.session_state[TOLD] = "The patient is assigned; it holds from now on."
    st.rerun()
