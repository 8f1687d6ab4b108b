"""The page of a patient's active list of medicines, to read and to reconcile."""

import time

import streamlit as st

from dashboards import session
from dashboards.chart.header import show_header
from dashboards.chart.statements import ALLERGIES, MEDICATION_ALERTS, PATIENT
from dashboards.chart.words import plain
from dashboards.data import Chart
from dashboards.failures import capitalised_sentence
from dashboards.freshness import show_freshness
from dashboards.glass.hidden import show_hidden
from dashboards.glass.statements import HIDDEN
from dashboards.glass.way_in import show_way_in
from dashboards.pending import saved_just_now, state_of_marts
from dashboards.reconciling.section import show_reconciliation
from dashboards.reconciling.statements import OF_LIST
from dashboards.statements import FRESHNESS_OF_PATIENT
from pipelines.access.identity import Identity
from pipelines.access.reading import Query, Reading
from pipelines.record.actions.failures import ActionError

TITLE = "Active list"
PAGE = "active list"
KEPT_SECONDS = 60
# Under a name that a change of rights forgets.
KEPT = "kept_active_list"
OF_PAGE = {
    "patient": PATIENT,
    "allergies": ALLERGIES,
    "medication_alerts": MEDICATION_ALERTS,
    "freshness": FRESHNESS_OF_PATIENT,
    "hidden": HIDDEN,
    **OF_LIST,
}


def show_active_list(list_page: str, chart_page: str) -> None:
    """Show the list of the chosen patient; the pages are those to go back to."""
    patient_key = session.chosen_patient()
    if patient_key is None:
        st.title(TITLE)
        st.info("Choose a patient first.")
        st.page_link(list_page, label="Choose a patient")
        return
    chart = _read_list_page(patient_key)
    if chart is None:
        st.title(TITLE)
        st.warning(
            "This patient's record is not open to you, or holds nothing. The attempt "
            "has been recorded."
        )
        show_way_in(patient_key)
        st.page_link(list_page, label="Choose another patient")
        return
    show_header(chart, list_page)
    st.page_link(chart_page, label="Chart of this patient")
    show_freshness(chart.frames["freshness"])
    show_hidden(chart.frames["hidden"], patient_key)
    st.subheader("Active list of medicines", anchor=False)
    try:
        show_reconciliation(chart)
    except ActionError as error:
        st.error(plain(capitalised_sentence(str(error))))


def _read_list_page(patient_key: int) -> Chart | None:
    """Return what a chart knows of the medicines; None if it is not open.

    Raises:
        AuditError: the trail cannot be written; nothing is shown.
    """
    saved = saved_just_now(patient_key)
    reading = _kept(patient_key) or _read(patient_key)
    patients = reading.frames["patient"]
    if patients.empty:
        return None
    identity = reading.identities.get(patient_key, Identity())
    return Chart(patients.iloc[0], identity, reading.frames, saved)


def _kept(patient_key: int) -> Reading | None:
    """Return what was read within a minute, unless the marts were built since."""
    kept_for, kept_at, state, reading = st.session_state.get(
        KEPT, (None, 0.0, None, None)
    )
    is_old = time.monotonic() - kept_at >= KEPT_SECONDS or state != state_of_marts()
    return None if is_old or kept_for != patient_key else reading


def _read(patient_key: int) -> Reading:
    parameters = {"patient_key": patient_key}
    queries = {name: Query(each, parameters) for name, each in OF_PAGE.items()}
    state = state_of_marts()
    reading = session.reader().read(PAGE, queries, [patient_key])
    st.session_state[KEPT] = (patient_key, time.monotonic(), state, reading)
    return reading
