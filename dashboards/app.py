"""The script of the pages; ``python -m dashboards.serving`` serves it."""

import streamlit as st

from dashboards import session
from dashboards.audit_banner import show_audit_banner
from dashboards.failures import show_failure
from dashboards.glass.banner import show_glass_banner
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
        st.link_button("Account", "/account", type="tertiary")
        st.button("Sign out", on_click=session.leave, type="tertiary")


def show_the_way_in() -> None:
    """Show nothing of anybody, and lead to the sign-in."""
    st.title("EHR Warehouse")
    st.info("Your session has ended. The sign-in opens by itself.")
    session.lead_to_sign_in()
    st.stop()


st.set_page_config(page_title="EHR Warehouse", layout="wide")
signed_in = session.check()
if signed_in is None:
    show_the_way_in()
page = st.navigation(pages_for(signed_in), position="top")
session.note_page(page.url_path)
show_who_is_signed_in(signed_in)
try:
    show_audit_banner()
    show_glass_banner()
    page.run()
except Exception as error:  # noqa: BLE001 - nobody may see what an error holds
    show_failure(error)
