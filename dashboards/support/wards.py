"""Wards: who works where, put there and taken off by support."""

import pandas as pd
import streamlit as st

from dashboards import session
from dashboards.chart.words import plain
from dashboards.failures import capitalised_sentence
from dashboards.support.statements import WARD_MEMBERS, WARDS
from pipelines.access.acting import RuleError
from pipelines.access.reading import Query
from pipelines.access.wards import Ward, join_ward, leave_ward

TOLD = "wards_told"


def show_wards() -> None:
    """Show who works on which ward, and the form that puts a nurse there."""
    queries = {"members": Query(WARD_MEMBERS, {}), "wards": Query(WARDS, {})}
    frames = session.reader().read("wards", queries).frames
    st.title("Wards", anchor=False)
    st.caption(
        "A nurse of a ward takes over its patients for 12 hours; who is in charge sees "
        "who did. No patient is named here."
    )
    if told := st.session_state.pop(TOLD, None):
        st.success(plain(told))
    members = frames["members"]
    if members.empty:
        st.info("Nobody works on a ward yet.")
    else:
        _show_members(members)
    wards = list(frames["wards"].itertuples(index=False, name=None))
    if wards:
        _show_joining(wards)
    else:
        st.info("Nobody lies on a ward, as far as was delivered.")


def _show_members(members: pd.DataFrame) -> None:
    for (_, ward_name), of_ward in members.groupby(["source_system", "ward_name"]):
        st.subheader(plain(ward_name), anchor=False)
        for each in of_ward.itertuples():
            charge = ", in charge" if each.is_in_charge else ""
            with st.container(horizontal=True, vertical_alignment="center"):
                st.markdown(plain(f"{each.display_name} ({each.user_id}){charge}"))
                key = f"leave_{each.user_id}_{each.source_system}_{ward_name}"
                if st.button("Take off the ward", key=key):
                    _leave(each.user_id, (each.source_system, ward_name))


def _leave(user_id: str, ward: Ward) -> None:
    try:
        leave_ward(session.settings(), session.person(), user_id, ward)
    except RuleError as error:
        st.error(capitalised_sentence(str(error)))
        return
    st.session_state[TOLD] = f"{user_id} is no longer on {ward[1]}."
    st.rerun()


def _show_joining(wards: list[Ward]) -> None:
    st.subheader("Put a nurse on a ward", anchor=False)
    with st.form("join_ward", clear_on_submit=True):
        user_id = st.text_input("User id of the nurse", key="ward_user")
        ward = st.selectbox("Ward", wards, format_func=_ward_words)
        is_in_charge = st.checkbox("In charge of it")
        is_sent = st.form_submit_button("Put there", type="primary")
    if not is_sent:
        return
    try:
        join_ward(
            session.settings(),
            session.person(),
            user_id.strip(),
            ward,
            is_in_charge=is_in_charge,
        )
    except RuleError as error:
        st.error(capitalised_sentence(str(error)))
        return
    st.session_state[TOLD] = f"{user_id.strip()} works on {ward[1]} from now on."
    st.rerun()


def _ward_words(ward: Ward) -> str:
    return f"{ward[1]} ({ward[0]})"
