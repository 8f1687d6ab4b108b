"""Patients of the ward who are another nurse's: taken over in two clicks."""

from collections.abc import Mapping

import streamlit as st

from dashboards import data, session
from dashboards.chart.words import date_text, plain, time_text
from dashboards.failures import capitalised_sentence
from dashboards.freshness import show_freshness
from dashboards.writing.local_time import local
from dashboards.writing.parts import act
from pipelines.access.acting import RuleError
from pipelines.access.identity import Identity
from pipelines.access.take_over import (
    TakenOver,
    WardPatient,
    take_over,
    take_overs_of_ward,
    ward_patients,
)

REASONS = (
    "Covers for a colleague",
    "Called to the patient",
    "Emergency on the ward",
    "Change of shift",
)
TOLD = "take_over_told"
CHART = "views/nurse/chart.py"


def show_ward() -> None:
    """Show who lies on the ward and is not the nurse's, and what was taken over."""
    st.title("My ward", anchor=False)
    show_freshness(data.freshness())
    st.caption(
        "Taking over opens the record to you for 12 hours. The charge nurse sees it."
    )
    if told := st.session_state.pop(TOLD, None):
        (st.success if told[0] else st.error)(plain(told[1]))
    patients, names = act(ward_patients)
    others = [each for each in patients if not each.is_mine]
    mine = len(patients) - len(others)
    if not others:
        st.info(f"Nobody to take over. Yours already on your ward: {mine}.")
    else:
        st.subheader(f"Not yours now ({len(others)})", anchor=False)
        reason = st.selectbox("Reason", REASONS, key="take_over_reason")
        for each in others:
            _show_patient(each, names, reason)
    _show_taken_over(names)


def _show_patient(
    patient: WardPatient, names: Mapping[int, Identity], reason: str
) -> None:
    name = names.get(patient.patient_key, Identity()).full_name or "Patient"
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{plain(name)}**", width="content")
        since = date_text(local(patient.started_at))
        st.caption(plain(f"{patient.ward_name}, since {since}"), width="content")
        if st.button("Take over", key=f"take_over_{patient.patient_key}"):
            _take_over(patient, name, reason)
            st.rerun()


def _take_over(patient: WardPatient, name: str, reason: str) -> None:
    try:
        until = act(take_over, patient.patient_key, reason)
    except RuleError as error:
        st.session_state[TOLD] = (False, capitalised_sentence(str(error)))
        return
    session.choose_patient(patient.patient_key)
    words = f"{name} is yours until {time_text(local(until))}: {reason.lower()}."
    st.session_state[TOLD] = (True, words)


def _show_taken_over(names: Mapping[int, Identity]) -> None:
    """Show the charge nurse what was taken over; everybody else has no such list."""
    taken = act(take_overs_of_ward)
    if not taken:
        return
    st.subheader("Taken over in the last seven days", anchor=False)
    for each in taken:
        st.markdown(f"- {plain(_told(each, names))}")


def _told(taken: TakenOver, names: Mapping[int, Identity]) -> str:
    name = names.get(taken.patient_key, Identity()).full_name or "a patient"
    until = time_text(local(taken.ends_at))
    ending = f"until {until}" if taken.is_open else f"ended {until}"
    at = time_text(local(taken.taken_at))
    return f"{taken.nurse_name}: {name}, {at}, {ending}. {taken.reason}"
