"""What somebody has chosen in the results viewer; another patient begins afresh."""

from collections.abc import Sequence
from datetime import datetime

import pandas as pd
import streamlit as st

PATIENT = "viewer_patient"
PICKED, GRAPHED, CHOSEN = "viewer_picked", "viewer_graphed", "viewer_chosen"
UNTIL, PERIOD = "viewer_until", "viewer_period"
FIND, ORDER, KNOWN_AT = "viewer_find", "viewer_order", "viewer_known_at"
ALL_OF_PATIENT = (PICKED, GRAPHED, CHOSEN, KNOWN_AT, UNTIL, PERIOD, FIND)
NEWEST_FIRST = "Newest first"
ORDERS = (NEWEST_FIRST, "Oldest first")
# More graphs than these are no comparison any more.
MOST_GRAPHED = 4


def begin(patient_key: int) -> None:
    """Forget what was chosen for another patient."""
    if st.session_state.get(PATIENT) != patient_key:
        for name in ALL_OF_PATIENT:
            st.session_state.pop(name, None)
        st.session_state[PATIENT] = patient_key


def picked() -> Sequence[str]:
    """Return the panels and lines picked in the tree."""
    return st.session_state.get(PICKED, ())


def graphed() -> Sequence[str]:
    """Return the lines to graph, the one asked for last at the end."""
    return st.session_state.get(GRAPHED, ())


def chosen() -> str:
    """Return the result whose origin is asked for; empty if none."""
    return st.session_state.get(CHOSEN, "")


def until() -> pd.Timestamp | None:
    """Return where the window ends; None for the latest."""
    return st.session_state.get(UNTIL)


def known_at() -> datetime | None:
    """Return the moment whose knowledge is asked for; None for now."""
    return st.session_state.get(KNOWN_AT)


def know(moment: datetime | None) -> None:
    """Ask for what was known at a moment, or for what is known now."""
    st.session_state[KNOWN_AT] = moment
    forget_until()


def pick(value: str) -> None:
    """Pick a panel or line, or leave it off again."""
    st.session_state[PICKED] = _toggled(picked(), value)
    forget_until()


def pick_none() -> None:
    """Show all panels again."""
    st.session_state[PICKED] = ()
    forget_until()


def graph(value: str) -> None:
    """Graph a line, or leave it off again; of too many the first goes."""
    st.session_state[GRAPHED] = _toggled(graphed(), value)[-MOST_GRAPHED:]
    st.toast("The graphs stand below the table.", icon=":material/show_chart:")


def choose(value: str) -> None:
    """Ask for the origin of a result."""
    st.session_state[CHOSEN] = value


def choose_none() -> None:
    """Close the origin of a result."""
    st.session_state[CHOSEN] = ""


def move(moment: pd.Timestamp | None) -> None:
    """Let the window end at a moment."""
    st.session_state[UNTIL] = moment


def go_to(lines: Sequence[str], moment: pd.Timestamp) -> None:
    """Show some lines, in a window that ends at a moment."""
    st.session_state[PICKED] = tuple(lines)
    st.session_state[FIND] = ""
    st.session_state[UNTIL] = moment


def is_newest_first() -> bool:
    """Return whether the latest results stand beside the tests' names."""
    return st.session_state.get(ORDER, NEWEST_FIRST) == NEWEST_FIRST


def forget_until() -> None:
    """Let the window end with the latest result."""
    st.session_state[UNTIL] = None


def _toggled(values: Sequence[str], value: str) -> tuple[str, ...]:
    rest = tuple(each for each in values if each != value)
    return rest if value in values else (*rest, value)
