"""While a restricted record is open by breaking the glass, every page says so."""

from datetime import UTC, datetime

import streamlit as st

from dashboards import session
from dashboards.data import KEPT_CHART
from pipelines.access.break_glass import OpenGlass, close_glass, open_glasses
from pipelines.record.actions.permissions import may

CHART = "views/doctor/chart.py"


def show_glass_banner() -> None:
    """Show how long each opened record stays open, with a way to close it."""
    if not may(session.person(), "break the glass"):
        return
    for glass in open_glasses(session.settings(), session.person()):
        _show(glass)


def _show(glass: OpenGlass) -> None:
    minutes = glass.minutes_left(datetime.now(UTC))
    st.error(
        "You have broken the glass: a restricted record is open to you for "
        f"{minutes} more {'minute' if minutes == 1 else 'minutes'}. Compliance will "
        "review it."
    )
    with st.container(horizontal=True):
        key = str(glass.break_glass_id)
        if st.button("Open the chart", key=f"glass_chart_{key}"):
            session.choose_patient(glass.patient_key)
            st.switch_page(CHART)
        if st.button("Close it now", key=f"glass_close_{key}"):
            close_glass(session.settings(), session.person(), glass)
            st.session_state.pop(KEPT_CHART, None)
            st.rerun()
