"""On the chart of a record that is closed: the way in, for a doctor in need."""

import streamlit as st

from dashboards import session
from dashboards.glass.form import show_form
from pipelines.access.break_glass import is_closed
from pipelines.record.actions.permissions import may


def show_way_in(patient_key: int) -> None:
    """Offer to break the glass where the record is restricted."""
    if may(session.person(), "break the glass") and is_closed(
        session.settings(), session.person(), patient_key
    ):
        with st.expander("It is restricted to the treating team. Open it in need"):
            show_form(patient_key)
