"""Who is looking: the session's token, checked on every rerun, and its reader."""

import time

import streamlit as st

from pipelines.access import audit
from pipelines.access.people import Person
from pipelines.access.reading import Reader
from pipelines.access.sign_in import (
    IDLE_MINUTES,
    SignedIn,
    person_of_session,
    sign_out,
)
from pipelines.settings import Settings, load_settings

TOKEN = "session_token"  # noqa: S105 - the name of a place, not a token
PERSON = "person"
PATIENT = "patient_key"
SEEN_AT = "seen_at"
LOOK_EVERY_SECONDS = 30
# A little later than the session itself ends, so that the look finds it ended.
IDLE_SECONDS = IDLE_MINUTES * 60 + 5


def settings() -> Settings:
    """Return the settings of this installation."""
    return load_settings()


def remember(signed_in: SignedIn) -> None:
    """Keep the session's token; everything of a person before is forgotten."""
    st.session_state.clear()
    st.session_state[TOKEN] = signed_in.token


def check() -> Person | None:
    """Return who is signed in now; forget everything if the session has ended."""
    _note_client_address()
    token = st.session_state.get(TOKEN)
    person = person_of_session(settings(), token) if token else None
    if person is None and token:
        st.session_state.clear()
        st.session_state["has_ended"] = True
    st.session_state[PERSON] = person
    st.session_state[SEEN_AT] = time.monotonic()
    return person


@st.fragment(run_every=LOOK_EVERY_SECONDS)
def clear_when_idle() -> None:
    """Take an idle page off the screen once its session has ended.

    To ask the session would keep it alive: so the time since the last click decides,
    and the rerun that follows finds the session ended.
    """
    if time.monotonic() - st.session_state.get(SEEN_AT, 0.0) > IDLE_SECONDS:
        st.rerun()


def leave() -> None:
    """Sign out and forget everything."""
    sign_out(settings(), st.session_state.get(TOKEN, ""))
    st.session_state.clear()


def person() -> Person:
    """Return who is signed in; pages are offered to nobody else."""
    return st.session_state[PERSON]


def reader() -> Reader:
    """Return what reads for the person signed in; their address goes into the audit."""
    _note_client_address()
    return Reader(settings(), person())


def _note_client_address() -> None:
    """Let the audit of what follows say where it was asked from."""
    address = st.context.ip_address
    audit.client_address.set(address if isinstance(address, str) else None)


def choose_patient(patient_key: int) -> None:
    """Remember whose chart to open."""
    st.session_state[PATIENT] = patient_key


def chosen_patient() -> int | None:
    """Return whose chart is open."""
    return st.session_state.get(PATIENT)
