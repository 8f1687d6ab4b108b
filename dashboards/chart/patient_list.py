"""A list of patients, each of which opens a chart."""

import pandas as pd
import streamlit as st

from dashboards import session
from dashboards.chart.words import age_text, birth_text, plain, sex_text
from dashboards.data import PatientList


def show_patients(listed: PatientList, chart_page: str) -> None:
    """Show one row per patient; the name opens the chart."""
    if listed.is_empty:
        st.info("Nobody in this list matches.")
        return
    for patient in listed.patients.itertuples():
        _show_patient(listed, patient, chart_page)


def _show_patient(listed: PatientList, patient: pd.Series, chart_page: str) -> None:
    identity = listed.identity_of(patient.patient_key)
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        name = plain(identity.full_name)
        if st.button(name, key=f"open_{patient.patient_key}"):
            session.choose_patient(int(patient.patient_key))
            st.switch_page(chart_page)
        st.caption(_description(listed, patient))


def _description(listed: PatientList, patient: pd.Series) -> str:
    number = listed.identity_of(patient.patient_key).record_number
    parts = [
        sex_text(patient.sex_code),
        birth_text(patient),
        age_text(patient),
        f"record number {plain(number)}" if number else "no record number",
    ]
    if patient.is_deceased:
        parts.append("deceased")
    if getattr(patient, "is_by_sound", False):
        parts.append("the name sounds alike")
    return " · ".join(part for part in parts if part)
