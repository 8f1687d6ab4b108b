"""Who is looking: the session's token, checked on every rerun, and its reader."""

import streamlit as st

from pipelines.access.people import Person
from pipelines.access.reading import Reader
from pipelines.access.sign_in import SignedIn, person_of_session, sign_out
from pipelines.settings import Settings, load_settings

TOKEN = "session_token"  # noqa: S105 - the name of a place, not a token
PERSON = "person"
PATIENT = "patient_key"


def settings() -> Settings:
    """Return the settings of this installation."""
    return load_settings()


def remember(signed_in: SignedIn) -> None:
    """Keep the session's token; everything of a person before is forgotten."""
    st.session_state.clear()
    st.session_state[TOKEN] = signed_in.token


def check() -> Person | None:
    """Return who is signed in now; forget everything if the session has ended."""
    token = st.session_state.get(TOKEN)
    person = person_of_session(settings(), token) if token else None
    if person is None and token:
        st.session_state.clear()
        st.session_state["has_ended"] = True
    st.session_state[PERSON] = person
    return person


def leave() -> None:
    """Sign out and forget everything."""
    sign_out(settings(), st.session_state.get(TOKEN, ""))
    st.session_state.clear()


def person() -> Person:
    """Return who is signed in; pages are offered to nobody else."""
    return st.session_state[PERSON]


def reader() -> Reader:
    """Return what reads for the person signed in."""
    return Reader(settings(), person())


def choose_patient(patient_key: int) -> None:
    """Remember whose chart to open."""
    st.session_state[PATIENT] = patient_key


def chosen_patient() -> int | None:
    """Return whose chart is open."""
    return st.session_state.get(PATIENT)
