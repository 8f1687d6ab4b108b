"""Sign-in: a name and a password; in a demonstration also one click per persona."""

import streamlit as st

from dashboards import session
from dashboards.failures import told_failure
from pipelines.access.people import Person, PersonRole
from pipelines.access.sign_in import (
    SignInError,
    personas,
    sign_in,
    sign_in_as_persona,
)

FORM_PIXELS = 440
NOT_ENTERED = "persona_not_entered"


def enter_as(person: Person) -> None:
    """Sign a persona in; what fails is told on the page that follows."""
    try:
        session.remember(sign_in_as_persona(session.settings(), person.user_id))
    except Exception as error:  # noqa: BLE001 - nobody may see what an error holds
        st.session_state[NOT_ENTERED] = told_failure(error)


def show_form() -> None:
    """Ask for name and password."""
    with st.form("sign_in"):
        user_id = st.text_input("User name", key="user_id")
        password = st.text_input("Password", type="password", key="password")
        is_sent = st.form_submit_button("Sign in", type="primary")
    if not is_sent:
        return
    try:
        session.remember(sign_in(session.settings(), user_id.strip(), password))
    except SignInError as error:
        st.error(str(error))
    else:
        st.rerun()


def show_personas() -> None:
    """Offer one click per persona, where that is allowed."""
    roles = list(PersonRole)
    people = sorted(
        personas(session.settings()), key=lambda person: roles.index(person.role)
    )
    if not people:
        return
    st.subheader("Demonstration", anchor=False)
    st.caption(
        "Anybody who reaches this page can enter: load no real patients here. Enter "
        "with one click as:"
    )
    with st.container(horizontal=True):
        for person in people:
            st.button(
                person.role.title,
                key=f"persona_{person.user_id}",
                help=person.display_name,
                on_click=enter_as,
                args=(person,),
            )


st.title("EHR Warehouse")
if st.session_state.pop("has_ended", False):
    st.info("Your session has ended. Please sign in again.")
if why := st.session_state.pop(NOT_ENTERED, None):
    st.error(why)
with st.container(width=FORM_PIXELS):
    show_form()
show_personas()
