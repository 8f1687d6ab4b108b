"""What the person signed in may do on a chart, one form at a time."""

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from dashboards import data, session
from dashboards.chart.words import plain
from dashboards.data import Chart
from dashboards.failures import capitalised_sentence, show_failure
from dashboards.forms.memory import untold_result
from dashboards.reconciling.section import show_reconciliation
from dashboards.writing.allergies import show_allergy_forms
from dashboards.writing.appointments import show_appointments
from dashboards.writing.diagnoses import show_diagnoses
from dashboards.writing.doses import MENU_ITEM, show_doses
from dashboards.writing.history import show_history_forms
from dashboards.writing.measurements import show_scores, show_vital_sign_form
from dashboards.writing.notes import show_note
from dashboards.writing.orders import show_orders
from dashboards.writing.own_entries import show_own_entries
from dashboards.writing.plans import show_plans
from dashboards.writing.prescriptions import show_prescriptions
from dashboards.writing.referrals import show_referrals
from dashboards.writing.requests import show_requests
from pipelines.record.actions.failures import ActionError
from pipelines.record.actions.permissions import may

CHOSEN = "writing"


@dataclass(frozen=True)
class Item:
    """One thing to do: its name, the action that allows it, and its forms."""

    label: str
    action: str
    show: Callable[[Chart], None]


MENU = (
    Item(MENU_ITEM, "administer medicine", show_doses),
    Item("Note", "write note", show_note),
    Item("Diagnosis", "record diagnosis", show_diagnoses),
    Item("Prescription", "prescribe", show_prescriptions),
    Item("Requests", "answer medication request", show_requests),
    Item("Medication reconciliation", "reconcile medicines", show_reconciliation),
    Item("Order", "order tests", show_orders),
    Item("Treatment plan", "plan treatment", show_plans),
    Item("Referral", "refer", show_referrals),
    Item("Follow-up", "change appointment", show_appointments),
    Item("Vital signs", "record vital signs", show_vital_sign_form),
    Item("Scores", "record observation", show_scores),
    Item("Allergy", "record allergy", show_allergy_forms),
    Item("History", "record family history", show_history_forms),
    Item("Correct my entries", "write note", show_own_entries),
)


@st.fragment
def show_menu(chart: Chart) -> None:
    """Offer what the person may do, and show the form of what was chosen.

    What is typed draws this part alone anew, and not the whole chart. It does what the
    page does: the session must live, and what changed meanwhile draws all of it anew,
    but only once a click has done what it was for.
    """
    try:
        if session.check() is None:
            st.rerun()
        _show(chart)
        if _is_outdated(chart):
            st.rerun()
    except Exception as error:  # noqa: BLE001 - the app's own net is outside fragments
        show_failure(error)


def _is_outdated(chart: Chart) -> bool:
    """Return whether the page would read the chart anew, or shows too little."""
    now = data.chart(chart.patient_key)
    return now is None or now.frames is not chart.frames or now.saved != chart.saved


def _show(chart: Chart) -> None:
    offered = {each.label: each for each in MENU if may(session.person(), each.action)}
    if not offered:
        return
    chosen = st.pills("Write", list(offered), key=CHOSEN)
    if chosen is None:
        return
    above = st.container()
    try:
        offered[chosen].show(chart)
    except ActionError as error:
        st.error(plain(capitalised_sentence(str(error))))
    if told := untold_result():
        above.success(plain(told))
