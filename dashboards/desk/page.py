"""The desk of one patient: who they are, and what can be done there."""

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from dashboards import data, session
from dashboards.chart.words import plain
from dashboards.desk.appointments import show_desk_appointments
from dashboards.desk.consents import show_consents
from dashboards.desk.contacts import show_contacts
from dashboards.desk.coverages import show_coverages
from dashboards.desk.demographics import show_demographics
from dashboards.desk.merging import show_merging
from dashboards.desk.patient import AtDesk, at_desk
from dashboards.desk.words import value_words
from dashboards.failures import capitalised_sentence
from dashboards.forms.memory import untold_result
from dashboards.freshness import show_freshness
from dashboards.writing.requests import show_correction_requests
from pipelines.record.actions.failures import ActionError
from pipelines.record.actions.permissions import may

CHOSEN = "desk"


@dataclass(frozen=True)
class Item:
    """One thing to do: its name, the action that allows it, and its forms."""

    label: str
    action: str
    show: Callable[[AtDesk], None]


MENU = (
    Item("Demographics", "change demographics", show_demographics),
    Item("Contacts", "add contact", show_contacts),
    Item("Insurance", "add coverage", show_coverages),
    Item("Appointments", "change appointment", show_desk_appointments),
    Item("Consents", "decide consent", show_consents),
    Item("Requests", "answer correction request", show_correction_requests),
    Item("Same person", "link patients", show_merging),
)


def show_desk(list_page: str) -> None:
    """Show the patient who was chosen, and the forms of what is to be done."""
    patient_key = session.chosen_patient()
    if patient_key is None:
        st.title("Patient", anchor=False)
        st.info("Choose a patient first.")
        st.page_link(list_page, label="Patients")
        return
    try:
        _show(at_desk(patient_key))
    except ActionError as error:
        st.error(plain(capitalised_sentence(str(error))))


def _show(patient: AtDesk) -> None:
    identity = patient.identity
    st.title(plain(identity.full_name), anchor=False)
    parts = [f"record number {identity.record_number or 'not known'}"]
    if patient.registration is not None:
        values = patient.registration.values
        parts.append(f"born {value_words('birth_date', values['birth_date'])}")
        parts.append(value_words("sex_code", values["sex_code"]))
    st.caption(plain(" · ".join(parts)))
    show_freshness(data.freshness())
    offered = {each.label: each for each in MENU if may(session.person(), each.action)}
    chosen = st.pills("At the desk", list(offered), default=None, key=CHOSEN)
    above = st.container()
    if chosen is not None:
        offered[chosen].show(patient)
    if told := untold_result():
        above.success(plain(told))
