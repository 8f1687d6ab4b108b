"""Who the patient is; the first thing to check before reading on."""

from typing import Protocol

import pandas as pd
import streamlit as st

from dashboards.chart.words import age_text, birth_text, date_text, plain, sex_text
from pipelines.access.identity import Identity


class OfPatient(Protocol):
    """What a page has read of a patient: who it is, by the marts and by name."""

    @property
    def patient(self) -> pd.Series:
        """Return the patient's row of the marts."""

    @property
    def identity(self) -> Identity:
        """Return the patient's name and record number."""


def show_header(chart: OfPatient, list_page: str) -> None:
    """Show name, sex, birth date, age, record number, and whether the patient died."""
    patient, identity = chart.patient, chart.identity
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.title(plain(identity.full_name), anchor=False)
        st.page_link(list_page, label="Other patient")
    number = plain(identity.record_number) or "not delivered"
    facts = [
        sex_text(patient.sex_code).capitalize(),
        birth_text(patient),
        age_text(patient),
        f"record number {number}",
    ]
    st.markdown(" · ".join(f"**{fact}**" for fact in facts if fact))
    if patient.is_deceased:
        st.warning(f"Deceased, {date_text(patient.deceased_at)}.")
