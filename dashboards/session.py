"""Who is looking: the token of the browser's cookie, checked on every rerun."""

import hashlib
import os
from functools import lru_cache

import streamlit as st
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime.scriptrunner import get_script_run_ctx

from dashboards.place import PATIENT, keep_place, place_of
from pipelines.access import audit
from pipelines.access.people import Person
from pipelines.access.reading import Reader
from pipelines.access.rights import rights_mark
from pipelines.access.sessions import (
    BY_PROVIDER,
    cookie_name,
    live_person,
    method_of,
    sign_out,
)
from pipelines.settings import Settings, load_settings

PERSON = "person"
SEEN_WITH = "seen_with"
RIGHTS = "rights_mark"
# What pages keep of patients for a minute stands under names that begin so.
KEPT = "kept_"
PAGE = "open_page"
WHY = "why_not_signed_in"


class NotSignedInError(Exception):
    """Somebody else was signed in when the page was shown."""


def settings() -> Settings:
    """Return the settings of this installation.

    A page asks for them again and again; they are read anew when the environment is
    another.
    """
    variables = os.environ.items()
    return _settings_of(frozenset(each for each in variables if each[0][:4] == "EHR_"))


@lru_cache(maxsize=1)
def _settings_of(_environment: frozenset[tuple[str, str]]) -> Settings:
    """Read the settings: a tenth of a page's time each."""
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
        st.session_state.update(place_of(settings(), person))
    st.session_state[SEEN_WITH] = mark
    st.session_state[PERSON] = person
    if person is not None:
        _forget_what_was_read_with_other_rights(person)
    return person


def note_page(path: str) -> None:
    """Remember which page is open, to lead back to it."""
    st.session_state[PAGE] = path


def lead_to_sign_in() -> None:
    """Take the browser to the sign-in, which leads back to the page that was open.

    Why stays known: the clock of a page may run it once more before the browser has
    gone, and what is told last is what counts.
    """
    path = f"/{st.session_state.get(PAGE, '')}"
    why = st.session_state.get(WHY, "ended")
    way = f"/sign-in?why={why}"
    _lead_to(way if why == "left" else f"{way}&next={path}")


def proof() -> tuple[bool, bool]:
    """Return whether the identity provider let the person in, and just asked anew."""
    method, is_confirmed = method_of(settings(), token_of_browser())
    return method == BY_PROVIDER, is_confirmed


def sign_in_again(patient_key: int, path: str) -> None:
    """Take the browser to the identity provider, and back to a page and a patient."""
    keep_place(settings(), person(), {PATIENT: patient_key})
    _lead_to(f"/sign-in/provider?again=yes&next={path}")


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


def _lead_to(address: str) -> None:
    """Let the browser leave the page for an address of ours."""
    context = get_script_run_ctx()
    if context is not None:
        message = ForwardMsg()
        message.auth_redirect.url = address
        context.enqueue(message)


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


def _forget_what_was_read_with_other_rights(person: Person) -> None:
    """Let a right that was taken away, or given, take effect on this very page."""
    mark = rights_mark(settings(), person)
    if mark is not None and st.session_state.get(RIGHTS) == mark:
        return
    for name in [key for key in st.session_state if str(key).startswith(KEPT)]:
        del st.session_state[name]
    st.session_state[RIGHTS] = mark


def _forget_all_but_the_place() -> None:
    """Forget everything; keep for the person what was open."""
    page, person = st.session_state.get(PAGE, ""), st.session_state.get(PERSON)
    state = dict(st.session_state.items())
    st.session_state.clear()
    st.session_state[PAGE] = page
    if person is not None:
        keep_place(settings(), person, state)


def _mark(token: str) -> str:
    """Return what tells sessions apart without being a key to any."""
    return hashlib.sha256(token.encode()).hexdigest()
