"""Who is looking: the token of the browser's cookie, checked on every rerun."""

import hashlib
import time

import streamlit as st
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime.scriptrunner import get_script_run_ctx

from pipelines.access import audit
from pipelines.access.drafts import forget_draft, keep_draft, kept_draft
from pipelines.access.people import Person
from pipelines.access.reading import Reader
from pipelines.access.sessions import cookie_name, live_person, sign_out
from pipelines.settings import Settings, load_settings

PERSON = "person"
PATIENT = "patient_key"
SEEN_WITH = "seen_with"
PAGE = "open_page"
# The form under which drafts keep the place where somebody was.
PLACE = "(place)"
PLACE_KEPT_SECONDS = 3600
WHY = "why_not_signed_in"


class NotSignedInError(Exception):
    """Somebody else was signed in when the page was shown."""


def settings() -> Settings:
    """Return the settings of this installation."""
    return load_settings()


def token_of_browser() -> str:
    """Return the token that the browser sent when it opened the page."""
    return st.context.cookies.get(cookie_name(settings()), "")


def check() -> Person | None:
    """Return who is signed in now; everything of a session before is forgotten.

    The gate keeps the session alive when somebody does something; a page that runs by
    the clock does not.
    """
    _note_client_address()
    token = token_of_browser()
    person = live_person(settings(), token)
    mark = _mark(token) if person else None
    if st.session_state.get(SEEN_WITH, mark) != mark:
        _forget_all_but_the_place()
    if person is not None and SEEN_WITH not in st.session_state:
        _return_to_the_place(person)
    st.session_state[SEEN_WITH] = mark
    st.session_state[PERSON] = person
    return person


def note_page(path: str) -> None:
    """Remember which page is open, to lead back to it."""
    st.session_state[PAGE] = path


def lead_to_sign_in() -> None:
    """Take the browser to the sign-in, which leads back to the page that was open."""
    path = f"/{st.session_state.get(PAGE, '')}"
    context = get_script_run_ctx()
    if context is not None:
        message = ForwardMsg()
        why = st.session_state.pop(WHY, "ended")
        way = f"/sign-in?why={why}"
        message.auth_redirect.url = way if why == "left" else f"{way}&next={path}"
        context.enqueue(message)


def leave() -> None:
    """Sign out and forget everything."""
    sign_out(settings(), token_of_browser())
    st.session_state.clear()
    st.session_state[WHY] = "left"


def person() -> Person:
    """Return who is signed in; pages are offered to nobody else.

    Raises:
        NotSignedInError: the page was shown in another session than this one.
    """
    if st.session_state.get(SEEN_WITH) != _mark(token_of_browser()):
        msg = "your session has ended: please sign in again"
        raise NotSignedInError(msg)
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


def _forget_all_but_the_place() -> None:
    """Forget everything; keep for the person whose chart was open."""
    page = st.session_state.get(PAGE, "")
    person, patient_key = st.session_state.get(PERSON), chosen_patient()
    st.session_state.clear()
    st.session_state[PAGE] = page
    if person is not None and patient_key is not None:
        place = {PATIENT: int(patient_key), "at": int(time.time())}
        keep_draft(settings(), person, PLACE, place)


def _return_to_the_place(person: Person) -> None:
    """Open the chart again that was open when this person's session ended just now."""
    place = kept_draft(settings(), person, PLACE)
    if place is None:
        return
    forget_draft(settings(), person, PLACE)
    if time.time() - place["at"] < PLACE_KEPT_SECONDS:
        st.session_state[PATIENT] = place[PATIENT]


def _mark(token: str) -> str:
    """Return what tells sessions apart without being a key to any."""
    return hashlib.sha256(token.encode()).hexdigest()
