"""Which refused rows are looked at, chosen here or by a click on another page."""

import streamlit as st

from pipelines.access.refused_row import Choice

CHOICE = "refused_choice"
OFFSET = "refused_offset"
REFUSED_PAGE = "views/quality/refused_rows.py"


def choice() -> Choice:
    """Return which rows are asked for; all of them at first."""
    return st.session_state.get(CHOICE, Choice())


def choose(chosen: Choice) -> None:
    """Ask for some rows, from their first."""
    st.session_state[CHOICE] = chosen
    st.session_state[OFFSET] = 0


def offset() -> int:
    """Return how many rows come before those shown."""
    return st.session_state.get(OFFSET, 0)


def turn_to(position: int) -> None:
    """Show the rows from a position on."""
    st.session_state[OFFSET] = max(position, 0)


def show_refused_link(
    delivery_id: int, feed: str | None = None, rule: str | None = None
) -> None:
    """Offer to look at the refused rows of a load, or of one of its rules."""
    key = f"refused_{delivery_id}_{feed}_{rule}"
    if st.button("See the refused rows", key=key, type="tertiary"):
        choose(Choice(delivery_id, feed, rule))
        st.switch_page(REFUSED_PAGE)
