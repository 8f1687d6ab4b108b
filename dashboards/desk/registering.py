"""Registering a patient: who may be the same person is shown before it is saved."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from dashboards import data, session
from dashboards.chart.words import birth_text
from dashboards.data import PatientList
from dashboards.desk.demographics import demographic_fields
from dashboards.desk.finding import REGISTERED
from dashboards.forms.fields import Values
from dashboards.forms.form import Form, show_form
from dashboards.freshness import show_freshness
from dashboards.writing.parts import act, forget_entries
from pipelines.record.actions.likely_same import likely_same
from pipelines.record.actions.registering import register_patient

SHOWN = "likely_same"


def show_registering(desk_page: str) -> None:
    """Show the form of a new patient."""
    st.title("Register", anchor=False)
    show_freshness(data.freshness())
    st.caption(
        "Look for the patient first. Before anything is saved, whoever has such a name "
        "and birth date is shown."
    )
    show_form(
        Form(
            "register",
            "register a patient",
            "Patient registered",
            demographic_fields("deceased_at"),
            _save,
            warn=_told,
            refresh=forget_entries,
            columns=2,
            where="The patient can be opened at once, and is found by name within a "
            "minute or so.",
        )
    )
    registered = st.session_state.get(REGISTERED, {})
    if registered and st.button("Open the patient registered last"):
        session.choose_patient(list(registered)[-1])
        st.switch_page(desk_page)


def _save(values: dict[str, Any]) -> None:
    seen = _seen(values)
    patient_key = act(register_patient, values=values, distinct_from=list(seen))
    name = f"{values['family_name']}, {values['given_name']}"
    st.session_state.setdefault(REGISTERED, {})[patient_key] = name
    st.session_state.pop(SHOWN, None)


def _told(values: Values) -> list[str]:
    """Return a warning for each who may be the same person."""
    mark = _mark(values)
    if st.session_state.get(SHOWN, (None,))[0] != mark:
        found = act(likely_same, values)
        listed = data.patients(found)
        st.session_state[SHOWN] = (mark, found, listed)
    _, found, listed = st.session_state[SHOWN]
    return [_warning(listed, key, why) for key, why in found.items()]


def _warning(listed: PatientList, patient_key: int, why: str) -> str:
    identity = listed.identity_of(patient_key)
    rows = listed.patients[listed.patients["patient_key"] == patient_key]
    born = birth_text(rows.iloc[0]) if len(rows) else "birth date not known here"
    number = identity.record_number or "not known"
    return (
        f"Registered already: {identity.full_name}, {born}, record number {number}; "
        f"{why}. Is it really another person?"
    )


def _seen(values: Mapping[str, Any]) -> Mapping[int, str]:
    """Return who was shown for these very values."""
    mark, *rest = st.session_state.get(SHOWN, (None,))
    return rest[0] if mark == _mark(values) else {}


def _mark(values: Mapping[str, Any]) -> str:
    names = ("family_name", "given_name", "maiden_name", "birth_date")
    return repr([values.get(name) for name in names])
