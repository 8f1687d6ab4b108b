"""Whether a search named a restricted patient exactly; then how to open the record."""

import streamlit as st

from dashboards import session
from dashboards.glass.form import show_form
from pipelines.access.closed_search import find_closed


def show_closed(text: str) -> bool:
    """Show that there is a restricted record of whom the search names; nothing else.

    Returns:
        Whether there is one.
    """
    found = find_closed(session.settings(), session.person(), text)
    for closed in found:
        with st.container(border=True):
            st.warning(
                "There is a record of this patient, and it is restricted to the "
                "treating team. You are not on the team."
            )
            with st.expander("Open it in need"):
                show_form(closed.patient_key)
    return bool(found)
