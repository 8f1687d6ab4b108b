"""What came of an alert that interrupted: shown by a form, and overridden or not.

An alert interrupts as soon as the form asks why in spite of it. It is kept once it
stands on the page, and once only while it stays there.
"""

from collections.abc import Collection, Mapping

import streamlit as st

from dashboards import session
from dashboards.data import Chart
from dashboards.writing.medication_alerts import Alert
from pipelines.access.shown_alerts import keep_overridden_alerts, keep_shown_alerts

STANDING = "interrupting_alerts_standing"


def keep_shown(chart: Chart, alerts: Collection[Alert]) -> None:
    """Keep the interrupting alerts that stand on the page now."""
    codes = _codes(alerts)
    kept_for, kept = st.session_state.get(STANDING, (None, frozenset()))
    known = kept & codes.keys() if kept_for == chart.patient_key else frozenset()
    new = {code: grade for code, grade in codes.items() if code not in known}
    if new and keep_shown_alerts(
        session.settings(), session.person(), chart.patient_key, new
    ):
        known |= new.keys()
    st.session_state[STANDING] = (chart.patient_key, known)


def keep_overridden(chart: Chart, alerts: Collection[Alert], reason: str) -> None:
    """Keep that a medicine was signed in spite of alerts, and for which reason."""
    keep_overridden_alerts(
        session.settings(),
        session.person(),
        chart.patient_key,
        _codes(alerts),
        reason,
    )


def _codes(alerts: Collection[Alert]) -> Mapping[str, str]:
    """Return the alerts by code with how grave they are; the graver of two stands."""
    return {each.code: each.severity for each in reversed(tuple(alerts))}
