"""Entry point: ``streamlit run dashboards/app.py``."""

import streamlit as st

from dashboards import session
from dashboards.audit_banner import show_audit_banner
from dashboards.failures import show_failure
from dashboards.navigation import pages_for
from pipelines.access.people import Person


def show_who_is_signed_in(person: Person) -> None:
    """Say who is signed in, and offer to leave."""
    with st.container(
        horizontal=True, horizontal_alignment="right", vertical_alignment="center"
    ):
        st.caption(
            f"{person.display_name}, {person.role.title.lower()}", width="content"
        )
        st.button("Sign out", on_click=session.leave, type="tertiary")


st.set_page_config(page_title="EHR Warehouse", layout="wide")
signed_in = session.check()
page = st.navigation(pages_for(signed_in), position="top")
if signed_in:
    show_who_is_signed_in(signed_in)
    session.clear_when_idle()
try:
    if signed_in:
        show_audit_banner()
    page.run()
except Exception as error:  # noqa: BLE001 - nobody may see what an error holds
    show_failure(error)
